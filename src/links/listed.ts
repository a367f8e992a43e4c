import { type Selectable, sql } from "kysely";
import type { Database } from "../database/open.ts";
import type { Schema } from "../database/schema.ts";
import type { Link } from "./link.ts";

/** A link with what a list shows beside it. */
export interface ListedLink extends Link {
  /** The owner's user name. */
  readonly owner: string;
  readonly visits: number;
  readonly lastVisitAt: number | null;
}

export type LinkRow = Selectable<Schema["link"]>;

/** Links with their owner's name and their totals. */
export function selectListed(db: Database["read"]) {
  return db
    .selectFrom("link")
    .innerJoin("user", "user.id", "link.owner_id")
    .leftJoin("link_total", "link_total.link_id", "link.id")
    .selectAll("link")
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
    title: row.title,
    note: row.note,
    redirectStatus: row.redirect_status,
    expiresAt: row.expires_at,
    disabled: row.disabled === 1,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
