import { type Expression, sql } from "kysely";
import type { Trx } from "../../database/database.ts";
import type { Link } from "../link.ts";
import { foldTag } from "./tag-names.ts";

type Tagged = Pick<Link, "id" | "ownerId" | "tags">;

/** Adds the tags of links that have none yet, a few hundred at most. A tag that their owner has keeps its name. */
export async function saveTags(trx: Trx, links: readonly Tagged[]): Promise<void> {
  const wanted = links.flatMap(({ id, ownerId, tags }) =>
    tags.map((name) => ({ id, owner_id: ownerId, folded: foldTag(name), name })),
  );
  if (wanted.length === 0) return;
  const tags = new Map(wanted.map(({ id: _, ...tag }) => [keyOf(tag), tag]));
  // In one order, so that no two transactions wait for each other.
  const inserted = [...tags].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, tag]) => tag);
  await trx
    .insertInto("tag")
    .values(inserted)
    .onConflict((on) => on.columns(["owner_id", "folded"]).doNothing())
    .execute();
  const rows = await trx
    .selectFrom("tag")
    .select(["id", "owner_id", "folded"])
    .where("owner_id", "in", [...new Set(inserted.map((tag) => tag.owner_id))])
    .where("folded", "in", [...new Set(inserted.map((tag) => tag.folded))])
    .execute();
  const ids = new Map(rows.map((row) => [keyOf(row), row.id]));
  const linked = wanted.flatMap(({ id, ...tag }) => {
    const tagId = ids.get(keyOf(tag));
    return tagId === undefined ? [] : [{ link_id: id, tag_id: tagId }];
  });
  await trx.insertInto("link_tag").values(linked).execute();
}

function keyOf({ owner_id, folded }: { owner_id: number; folded: string }): string {
  return `${owner_id} ${folded}`;
}

/** Replaces the tags of links by those of the same names that another owner has, or gets here. */
export async function moveTags(
  trx: Trx,
  links: readonly number[] | Expression<unknown>,
  to: number,
): Promise<void> {
  const moved = Array.isArray(links) ? sql`(${sql.join(links)})` : links;
  if (Array.isArray(links) && links.length === 0) return;
  await sql`insert into tag (owner_id, folded, name)
    select cast(${to} as bigint), folded, min(name) from tag
    where id in (select tag_id from link_tag where link_id in ${moved}) group by folded order by folded
    on conflict (owner_id, folded) do nothing`.execute(trx);
  await sql`update link_tag set tag_id = (
      select mine.id from tag as theirs join tag as mine on mine.folded = theirs.folded
      where theirs.id = link_tag.tag_id and mine.owner_id = ${to})
    where link_id in ${moved}`.execute(trx);
}
