import { csvLine } from "../../text/csv-line.ts";
import { rfc3339 } from "../../text/rfc3339.ts";
import { statusOf } from "../link.ts";
import type { ListedLink } from "../rows/link-columns.ts";
import { joinTags } from "../tags/tag-names.ts";

type Cell = string | number | boolean | null;

/** The columns of a file of links, by their names. Scripts read them by name: none may change. */
const columns: Readonly<Record<string, (link: ListedLink, now: number) => Cell>> = {
  short_code: (link) => link.shortCode,
  destination: (link) => link.target,
  title: (link) => link.title,
  note: (link) => link.note,
  tags: (link) => joinTags(link.tags),
  kind: (link) => link.kind,
  status: statusOf,
  redirect_status: (link) => (link.kind === "redirect" ? link.redirectStatus : null),
  starts_at: (link) => rfc3339(link.startsAt),
  expires_at: (link) => rfc3339(link.expiresAt),
  disabled: (link) => link.disabled,
  fallback_url: (link) => link.fallbackUrl,
  forward_query: (link) => link.forwardQuery,
  file_name: (link) => link.content?.name ?? null,
  file_size: (link) => link.content?.size ?? null,
  owner: (link) => link.owner,
  created_at: (link) => rfc3339(link.createdAt),
  updated_at: (link) => rfc3339(link.updatedAt),
  visits: (link) => link.visits,
  last_visit_at: (link) => rfc3339(link.lastVisitAt),
  aliases: (link) => joinTags(link.aliases),
  visit_limit: (link) => link.visitLimit,
  visits_left: (link) => link.visitsLeft,
  /** Passwords are left out: only their hashes are known. */
  has_password: (link) => link.passwordHash !== "",
  embed_hosts: (link) => link.embedHosts,
};

export const LINK_CSV_HEADING = csvLine(Object.keys(columns));

/** A link as a line of the file. */
export function linkCsvLine(link: ListedLink, now: number): string {
  return csvLine(Object.values(columns).map((column) => String(column(link, now) ?? "")));
}
