import { type Selectable, sql, type Updateable } from "kysely";
import type { Database, Trx } from "../database/database.ts";
import type { Schema } from "../database/schema.ts";
import type { BlobPath } from "../files/blob.ts";
import { Problem } from "../problem.ts";
import type { Content, Link } from "./link.ts";
import { searchedText } from "./list/search-words.ts";
import type { ShortCode } from "./short-code.ts";

/** A link with what a list shows beside it. */
export interface ListedLink extends Link {
  /** The owner's user name. */
  readonly owner: string;
  readonly visits: number;
  readonly lastVisitAt: number | null;
}

/** A link's row, with that of its bytes beside it. */
export type LinkRow = Selectable<Schema["link"]> & BlobColumns;

interface BlobColumns {
  readonly path: BlobPath | null;
  readonly size: number | null;
  readonly sha256: string | null;
}

const blobColumns = ["blob.path", "blob.size", "blob.sha256"] as const;

/** What `contentFrom` reads. */
export const contentColumns = [
  "blob_id",
  "file_name",
  "media_type",
  "content_at",
  ...blobColumns,
] as const;

/** Links with what is known of their bytes. */
export function selectLinks(db: Database["read"]) {
  return db
    .selectFrom("link")
    .leftJoin("blob", "blob.id", "link.blob_id")
    .selectAll("link")
    .select(blobColumns);
}

/** Links with their owner's name and their totals. */
export function selectListed(db: Database["read"]) {
  return db
    .selectFrom("link")
    .innerJoin("user", "user.id", "link.owner_id")
    .leftJoin("link_total", "link_total.link_id", "link.id")
    .leftJoin("blob", "blob.id", "link.blob_id")
    .selectAll("link")
    .select(blobColumns)
    .select([
      "user.username as owner",
      sql<number>`coalesce(link_total.visits, 0)`.as("visits"),
      "link_total.last_visit_at as lastVisitAt",
    ]);
}

export function listedFrom(
  row: LinkRow & Pick<ListedLink, "owner" | "visits" | "lastVisitAt">,
): ListedLink {
  const { owner, visits, lastVisitAt } = row;
  return { ...linkFrom(row), owner, visits, lastVisitAt };
}

export function linkFrom(row: LinkRow): Link {
  return {
    id: row.id,
    shortCode: row.short_code,
    ownerId: row.owner_id,
    kind: row.kind,
    target: row.target,
    content: contentFrom(row),
    inline: row.inline === 1,
    title: row.title,
    note: row.note,
    redirectStatus: row.redirect_status,
    expiresAt: row.expires_at,
    disabled: row.disabled === 1,
    declared: row.declared === 1,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

/** The columns of a link's row that say which bytes it hands out, and of its blob's what they are. */
export type ContentColumns = BlobColumns &
  Pick<LinkRow, "blob_id" | "file_name" | "media_type" | "content_at">;

/** Null where a link has no bytes. */
export function contentFrom(row: ContentColumns): Content | null {
  const { blob_id: blobId, path, size, sha256, file_name: name, media_type: type } = row;
  if (blobId === null || path === null || size === null || sha256 === null) return null;
  return { blobId, path, size, sha256, name, type, modifiedAt: row.content_at ?? 0 };
}

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

/** Counts the links of an owner. */
export async function countLinks(db: Database["read"], ownerId: number): Promise<number> {
  const query = db.selectFrom("link").select((eb) => eb.fn.countAll<number>().as("links"));
  return (await query.where("owner_id", "=", ownerId).executeTakeFirstOrThrow()).links;
}
