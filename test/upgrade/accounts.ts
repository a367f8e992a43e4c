import { sql } from "kysely";
import type { App } from "../../src/app.ts";
import type { VisitCounts } from "../fixtures/maker/visits.ts";
import { type Row, rowsOf, type Tables } from "./tables.ts";
import { regroup } from "./visit-tables.ts";

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

/** Each hour's visits by class, and each day's by value, as lines of text. */
function hoursByLink(tables: Tables): Map<unknown, string[]> {
  const lines = new Map<unknown, string[]>();
  const add = (linkId: unknown, ...line: unknown[]) =>
    lines.set(linkId, [...(lines.get(linkId) ?? []), line.join(" | ")]);
  for (const { link_id, hour, class: of, visits } of rowsOf(tables, "visit_hour"))
    add(link_id, hour, of, visits);
  for (const { link_id, day, dimension, value, visits } of rowsOf(tables, "visitor"))
    add(link_id, day, dimension, value, visits);
  return lines;
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
  const rows = String(link.hours)
    .split("\n")
    .map((line) => line.split(" | "))
    .filter((row) => row[1] === "human");
  if (rows.length === 0) return { ...link, last_visit_at: null };
  const lastHour = Math.max(...rows.map(([hour]) => Number(hour)));
  const last = Number(link.last_visit_at);
  const isExact = Math.floor(last / HOUR) === lastHour;
  return { ...link, last_visit_at: isExact ? last : lastHour * HOUR };
}

/** A recorded link with its hours as they are counted today. */
export function withHoursAndDays(link: AccountLink): AccountLink {
  const rows = String(link.hours)
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const [hour, of = "", referrer = "", browser = "", system = "", visits] = line.split(" | ");
      const visitor = [of, referrer, browser, system] as const;
      return { hour: Number(hour), visitor, visits: Number(visits) };
    });
  const { hours, days } = regroup(rows);
  const lines = [...hours, ...days].map(({ at, by, visits }) => [at, ...by, visits].join(" | "));
  return { ...link, hours: lines.sort().join("\n") };
}

/** How many visits the database has, of all links, also those that are deleted. */
export async function countSaved({ database: { read } }: App): Promise<number> {
  const query = sql<{ visits: number }>`select coalesce(sum(visits), 0) as visits from owner_quarter
    where owner_id = 0`;
  const { rows } = await query.execute(read);
  return Number(rows[0]?.visits);
}

/** Visits by short code and class, added up from the hours. */
export function visitsByClass(tables: Tables): VisitCounts {
  const codes = new Map(rowsOf(tables, "link").map(({ id, short_code }) => [id, short_code]));
  const counts: Record<string, Record<string, number>> = {};
  for (const row of rowsOf(tables, "visit_hour")) {
    const code = String(codes.get(row.link_id));
    const visitorClass = String(row.class);
    const before = counts[code]?.[visitorClass] ?? 0;
    counts[code] = { ...counts[code], [visitorClass]: before + Number(row.visits) };
  }
  return counts;
}
