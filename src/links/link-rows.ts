import { type Selectable, sql } from "kysely";
import type { Database } from "../database/database.ts";
import type { Schema } from "../database/schema.ts";
import type { BlobPath } from "../files/blob.ts";
import type { Content, Link } from "./link.ts";

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
