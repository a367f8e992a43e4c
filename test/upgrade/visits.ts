import { sql } from "kysely";
import type { App } from "../../src/app.ts";
import type { VisitCounts } from "../fixtures/maker/visits.ts";
import { rowsOf, type Tables } from "./tables.ts";

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
