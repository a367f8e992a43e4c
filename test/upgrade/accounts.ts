import { type Row, rowsOf, type Tables } from "./tables.ts";

/** A user with their links, without the ids and places that a database and a disk give. */
export interface Account {
  readonly user: Row;
  readonly links: readonly AccountLink[];
}

export interface AccountLink extends Row {
  readonly short_code: string;
}

/** How rows are told apart and owned; nothing that a user could see. */
const INTERNAL = ["id", "owner_id", "blob_id", "password_hash", "last_seen_at"];

/** Every account by user name, its links in the order of their short codes. */
export function accountsOf(tables: Tables): Record<string, Account> {
  const read = linkReader(tables);
  const links = rowsOf(tables, "link");
  return Object.fromEntries(
    rowsOf(tables, "user").map((user) => {
      const own = links.filter(({ owner_id }) => owner_id === user.id).map(read);
      own.sort((one, other) => (one.short_code < other.short_code ? -1 : 1));
      return [String(user.username), { user: visible(user), links: own }];
    }),
  );
}

function linkReader(tables: Tables): (link: Row) => AccountLink {
  const blobs = new Map(rowsOf(tables, "blob").map((blob) => [blob.id, blob]));
  const totals = new Map(rowsOf(tables, "link_total").map((total) => [total.link_id, total]));
  const hours = hoursByLink(tables);
  return (link) => ({
    ...visible(link),
    short_code: String(link.short_code),
    size: blobs.get(link.blob_id)?.size ?? null,
    sha256: blobs.get(link.blob_id)?.sha256 ?? null,
    visits: totals.get(link.id)?.visits ?? 0,
    last_visit_at: totals.get(link.id)?.last_visit_at ?? null,
    hours: (hours.get(link.id) ?? []).sort().join("\n"),
  });
}

/** Each hour's visits with the kind of visitor, as lines of text. */
function hoursByLink(tables: Tables): Map<unknown, string[]> {
  const visitors = new Map(
    rowsOf(tables, "visitor").map((visitor) => {
      const { class: visitorClass, referrer_host, browser, system } = visitor;
      return [visitor.id, [visitorClass, referrer_host, browser, system].join(" | ")];
    }),
  );
  const hours = new Map<unknown, string[]>();
  for (const { link_id, hour, visitor_id, visits } of rowsOf(tables, "visit_hour")) {
    const line = `${hour} | ${visitors.get(visitor_id)} | ${visits}`;
    hours.set(link_id, [...(hours.get(link_id) ?? []), line]);
  }
  return hours;
}

function visible(row: Row): Row {
  return Object.fromEntries(Object.entries(row).filter(([name]) => !INTERNAL.includes(name)));
}

const HOUR = 3_600_000;

/**
 * A link as a zip of 725086e becomes it today: its last visit is the last one by a person. A zip has only the hour of
 * that, unless it was the very last visit.
 */
export function withVisitsByPeople(link: AccountLink): AccountLink {
  const lines = String(link.hours).split("\n");
  const ofPeople = lines.filter((line) => line.split(" | ")[1] === "human");
  if (ofPeople.length === 0) return { ...link, last_visit_at: null };
  const lastHour = Math.max(...ofPeople.map((line) => Number(line.split(" | ")[0])));
  const last = Number(link.last_visit_at);
  const isExact = Math.floor(last / HOUR) === lastHour;
  return { ...link, last_visit_at: isExact ? last : lastHour * HOUR };
}
