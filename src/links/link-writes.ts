import type { Updateable } from "kysely";
import type { Database, Trx } from "../database/database.ts";
import type { Schema } from "../database/schema.ts";
import { Problem } from "../problem.ts";
import type { Link } from "./link.ts";
import { linkFrom, selectLinks } from "./link-rows.ts";
import { searchedText } from "./list/search-words.ts";
import type { ShortCode } from "./short-code.ts";

/**
 * Links that this transaction alone may change. They are locked first and read then, since a read that waits for a
 * lock sees what is joined to them as it was before; in the order of their ids, so that no two wait for each other.
 */
export async function loadToChange(
  { dialect: { locking } }: Pick<Database, "dialect">,
  trx: Trx,
  codes: readonly ShortCode[],
): Promise<Link[]> {
  if (locking !== null) {
    const query = trx.selectFrom("link").select("id").where("short_code", "in", codes);
    await query.orderBy("id").modifyEnd(locking).execute();
  }
  const query = selectLinks(trx).where("short_code", "in", codes).orderBy("link.id");
  return (await query.execute()).map(linkFrom);
}

/**
 * What a file declares is changed in that file alone, by whomever.
 * @throws Problem `forbidden` that names it
 */
export async function refuseDeclared(trx: Trx, links: readonly Link[]): Promise<void> {
  const declared = links.find((link) => link.declared);
  if (declared === undefined) return;
  const { username } = await trx
    .selectFrom("user")
    .select("username")
    .where("id", "=", declared.ownerId)
    .executeTakeFirstOrThrow();
  throw declaredIn(declared, username);
}

/** The refusal to change what `owner`'s file declares. */
export function declaredIn({ shortCode }: Link, owner: string): Problem {
  const message = `"${shortCode}" is declared in ${declaringFile(owner)}: change or remove it there.`;
  return new Problem("forbidden", message);
}

/** The file that declares a user's links, as people are told it: a place in the data folder. */
export function declaringFile(owner: string): string {
  return `users/${owner}/links.toml`;
}

/** The columns that may change after a link is made. */
export function rowFrom(link: Omit<Link, "id">) {
  const { content } = link;
  return {
    blob_id: content?.blobId ?? null,
    file_name: content?.name ?? "",
    media_type: content?.type ?? "",
    content_at: content?.modifiedAt ?? null,
    inline: link.inline ? 1 : 0,
    kind: link.kind,
    target: link.target,
    title: link.title,
    note: link.note,
    redirect_status: link.redirectStatus,
    expires_at: link.expiresAt,
    disabled: link.disabled ? 1 : 0,
    declared: link.declared ? 1 : 0,
    updated_at: link.updatedAt,
  } satisfies Updateable<Schema["link"]>;
}

/** Lets lists find a new link. */
export async function addSearchRow(trx: Trx, link: Link): Promise<void> {
  await addSearchRows(trx, [link]);
}

/** The same for many; at least one. */
export async function addSearchRows(trx: Trx, links: readonly Link[]): Promise<void> {
  const rows = links.map((link) => ({
    ...searchRowFrom(link),
    link_id: link.id,
    owner_id: link.ownerId,
  }));
  await trx.insertInto("link_search").values(rows).execute();
}

/** What lists find a link by. */
export function searchRowFrom(link: Link) {
  return {
    kind: link.kind,
    disabled: link.disabled ? 1 : 0,
    expires_at: link.expiresAt,
    ...searchedText(link),
  } satisfies Updateable<Schema["link_search"]>;
}
