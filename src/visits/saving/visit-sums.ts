import { type RawBuilder, sql } from "kysely";
import type { Trx } from "../../database/database.ts";
import { addCounts, sumOfCounts } from "../../database/dialect.ts";

const sumOfVisits = sumOfCounts(sql`visits`);

function addedTo(table: string): RawBuilder<number> {
  return addCounts(sql`${sql.table(table)}.visits`, sql`excluded.visits`);
}

/** What adds to rows of sums that are there. */
export function addToRow(table: string, key: readonly string[]): RawBuilder<unknown> {
  return sql`on conflict (${sql.join(key.map((column) => sql.ref(column)))})
    do update set visits = ${addedTo(table)}`;
}

/** What adds to rows of `link_total` that are there. */
export const addToTotal = sql`on conflict (link_id) do update set visits = ${addedTo("link_total")},
  last_visit_at = case when excluded.last_visit_at > link_total.last_visit_at
    then excluded.last_visit_at else link_total.last_visit_at end`;

/*
 * Sums are added to always in the same order, so that two transactions cannot deadlock. Visits to deleted links are
 * skipped.
 */

/** Adds to the quarter hours of links. */
export async function addToLinkQuarters(trx: Trx, given: RawBuilder<unknown>): Promise<void> {
  await sql`insert into link_quarter (link_id, quarter, class, visits)
    select link_id, quarter, class, ${sumOfVisits} from ${given}
    where exists (select 1 from link where link.id = link_id)
    group by 1, 2, 3 order by 1, 2, 3
    ${addToRow("link_quarter", ["link_id", "quarter", "class"])}`.execute(trx);
}

/** Adds to the days of links. */
export async function addToLinkDays(trx: Trx, given: RawBuilder<unknown>): Promise<void> {
  await sql`insert into link_day (link_id, dimension, day, value_id, visits)
    select link_id, dimension, day, value_id, ${sumOfVisits} from ${given}
    where exists (select 1 from link where link.id = link_id)
    group by 1, 2, 3, 4 order by 1, 2, 3, 4
    ${addToRow("link_day", ["link_id", "dimension", "day", "value_id"])}`.execute(trx);
}
