import { type RawBuilder, sql } from "kysely";
import type { Database } from "../../database/database.ts";
import type { Candidates, SearchIndex } from "../../database/search/search-index.ts";
import type { LinkQuery } from "../list/list-query.ts";
import { foldTag } from "./tag-names.ts";

/** A filter by tags, with the ids that their names have. */
export interface TagFilter {
  readonly mode: NonNullable<LinkQuery["tagMode"]>;
  readonly tags: readonly FoundTag[];
}

interface FoundTag {
  /** Those of several owners where the list has links of all; none: no link has such a tag. */
  readonly ids: readonly number[];
  /** How many links have it, as far as that was counted. */
  readonly links: number;
}

/** Finds the tags of a query, and counts their links up to `max`; null where it names none. */
export async function findTags(
  { read }: Database,
  { tags: given = [], tagMode: mode = "all", ownerId }: LinkQuery,
  max: number,
): Promise<TagFilter | null> {
  const names = [...new Set(given.map(foldTag))];
  if (names.length === 0) return null;
  const isOwned = ownerId === undefined ? sql`1 = 1` : sql`owner_id = ${ownerId}`;
  const { rows } = await sql<{ id: number; folded: string; links: number }>`
    select id, folded, (select count(*) from
      (select 1 from link_tag where tag_id = tag.id limit ${max + 1}) as counted) as links
    from tag where folded in (${sql.join(names)}) and ${isOwned}`.execute(read);
  const tags = names.map((name) => {
    const found = rows.filter(({ folded }) => folded === name);
    const links = found.reduce((sum, row) => sum + Number(row.links), 0);
    return { ids: found.map(({ id }) => id), links };
  });
  return { mode, tags };
}

/** The test of the link that has an id. */
export function hasTags(
  { mode, tags }: TagFilter,
  id: RawBuilder<number>,
): readonly RawBuilder<boolean>[] {
  if (mode === "all") return tags.map(({ ids }) => hasOne(ids, id));
  const allIds = tags.flatMap(({ ids }) => ids);
  const hasAny = hasOne(allIds, id);
  return [mode === "any" ? hasAny : sql`not ${hasAny}`];
}

function hasOne(ids: readonly number[], id: RawBuilder<number>): RawBuilder<boolean> {
  if (ids.length === 0) return sql`(1 = 0)`;
  return sql`exists (select 1 from link_tag as had
    where had.link_id = ${id} and had.tag_id in (${sql.join(ids)}))`;
}

/** Links that an index finds by tags. */
export interface TaggedLinks extends Candidates {
  /** The tags of which they have one. */
  readonly ids: readonly number[];
  /** At least so many, or more than were counted. */
  readonly links: number;
  /** Whether they come in the order of their ids. */
  readonly isInOrder: boolean;
  /** The tags that they may lack. */
  readonly untested: TagFilter | null;
}

/** The links among which all matches are: of all tags those of the rarest one. Null: no index finds them. */
export function taggedLinks({ mode, tags }: TagFilter, search: SearchIndex): TaggedLinks | null {
  if (mode === "none") return null;
  const ids = tags.flatMap((tag) => tag.ids);
  const links = tags.reduce((sum, tag) => sum + tag.links, 0);
  const rarest = tags.toSorted((a, b) => a.links - b.links)[0];
  if (mode === "any" || rarest === undefined)
    return { ...search.tagged(ids), ids, links, isInOrder: ids.length === 1, untested: null };
  const others = tags.filter((tag) => tag !== rarest);
  return {
    ...search.tagged(rarest.ids),
    ids: rarest.ids,
    links: rarest.links,
    isInOrder: rarest.ids.length === 1,
    untested: others.length === 0 ? null : { mode, tags: others },
  };
}
