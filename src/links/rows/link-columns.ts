import { type RawBuilder, type Selectable, sql, type Updateable } from "kysely";
import type { Database } from "../../database/database.ts";
import type { Flag, Schema } from "../../database/schema.ts";
import type { BlobPath } from "../../files/blob.ts";
import { aliasesFrom } from "../aliases/aliases.ts";
import type { Content, Link } from "../link.ts";
import { searchedText } from "../list/search-words.ts";
import { embedHostsFrom } from "../options/embed-hosts.ts";
import type { ShortCode } from "../short-code.ts";

/** A link with what a list shows beside it. */
export interface ListedLink extends Link {
  /** The owner's user name. */
  readonly owner: string;
  readonly visits: number;
  readonly lastVisitAt: number | null;
}

/** A link's row, joined with that of its content. */
export type LinkRow = Selectable<Schema["link"]> & BlobColumns & TagColumn;

interface TagColumn {
  /** With commas between them; null: none. */
  readonly tags: string | null;
}

/** The tags of a row of `link`. */
const tagColumn: RawBuilder<TagColumn["tags"]> = sql`(
  select string_agg(tag.name, ',' order by tag.folded) from link_tag
  join tag on tag.id = link_tag.tag_id where link_tag.link_id = link.id)`;

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

/** Links with what is known of their content. */
export function selectLinks(db: Database["read"]) {
  return db
    .selectFrom("link")
    .leftJoin("blob", "blob.id", "link.blob_id")
    .selectAll("link")
    .select(blobColumns)
    .select(tagColumn.as("tags"));
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
      tagColumn.as("tags"),
    ]);
}

/** A link in the trash. */
export interface TrashedLink extends Link {
  /** The short code that visitors knew; `shortCode` names the link where its owner has used that again. */
  readonly formerCode: ShortCode;
  /** Milliseconds since 1970 UTC. */
  readonly deletedAt: number;
}

/** Begins what names a link in the trash whose short code is used again: no short code has this character. */
export const TRASH_MARK = "~";

export function trashedFrom(row: LinkRow): TrashedLink {
  const { former_code: formerCode, deleted_at: deletedAt, short_code } = row;
  return { ...linkFrom(row), formerCode: formerCode ?? short_code, deletedAt: deletedAt ?? 0 };
}

/** The link without what only the trash knows. */
export function linkOf({ formerCode: _, deletedAt: __, ...link }: TrashedLink): Link {
  return link;
}

/** What `selectListed` selects. */
export type ListedRow = LinkRow & Pick<ListedLink, "owner" | "visits" | "lastVisitAt">;

export function listedFrom(row: ListedRow): ListedLink {
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
    tags: row.tags === null ? [] : row.tags.split(","),
    note: row.note,
    redirectStatus: row.redirect_status,
    expiresAt: row.expires_at,
    disabled: row.disabled === 1,
    declared: row.declared === 1,
    revision: row.revision,
    startsAt: row.starts_at,
    fallbackUrl: row.fallback_url,
    forwardQuery: row.forward_query === null ? null : row.forward_query === 1,
    embedHosts: embedHostsFrom(row.kind, row.embed_hosts),
    visitLimit: row.visit_limit,
    visitsLeft: row.visits_left,
    passwordHash: row.password_hash,
    wrongPasswords: row.wrong_passwords,
    aliases: aliasesFrom(row.aliases),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

/** The columns of a link and of its blob that make its content. */
export type ContentColumns = BlobColumns &
  Pick<LinkRow, "blob_id" | "file_name" | "media_type" | "content_at">;

/** Null for a link without content. */
export function contentFrom(row: ContentColumns): Content | null {
  const { blob_id: blobId, path, size, sha256, file_name: name, media_type: type } = row;
  if (blobId === null || path === null || size === null || sha256 === null) return null;
  return { blobId, path, size, sha256, name, type, modifiedAt: row.content_at ?? 0 };
}

/** A link before it has a row. */
export type UnsavedLink = Omit<Link, "id" | "revision">;

/** The row of a new link. */
export function newRowFrom(link: UnsavedLink) {
  const { shortCode: short_code, ownerId: owner_id, createdAt: created_at } = link;
  return { ...rowFrom(link), short_code, owner_id, created_at };
}

/** The columns that can change. */
export function rowFrom(link: UnsavedLink) {
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
    starts_at: link.startsAt,
    fallback_url: link.fallbackUrl,
    forward_query: flagOf(link.forwardQuery),
    embed_hosts: link.embedHosts,
    visit_limit: link.visitLimit,
    visits_left: link.visitsLeft,
    password_hash: link.passwordHash,
    wrong_passwords: link.wrongPasswords,
    aliases: link.aliases.join(" "),
    updated_at: link.updatedAt,
  } satisfies Updateable<Schema["link"]>;
}

function flagOf(value: boolean | null): Flag | null {
  return value === null ? null : value ? 1 : 0;
}

/** The columns by which lists find a link. */
export function searchRowFrom(link: UnsavedLink) {
  return {
    kind: link.kind,
    disabled: link.disabled ? 1 : 0,
    expires_at: link.expiresAt,
    starts_at: link.startsAt,
    spent: link.visitsLeft === 0 ? 1 : 0,
    ...searchedText(link),
  } satisfies Updateable<Schema["link_search"]>;
}
