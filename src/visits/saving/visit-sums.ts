import { type RawBuilder, sql } from "kysely";
import type { Trx } from "../../database/database.ts";
import { addCounts, sumOfCounts } from "../../database/dialect.ts";

const sumOfVisits = sumOfCounts(sql`visits`);

function addedTo(table: string): RawBuilder<number> {
  return addCounts(sql`${sql.table(table)}.visits`, sql`excluded.visits`);
}

/*
 * Sums are added to always in the same order, so that two transactions cannot deadlock. Visits to deleted links are
 * skipped, here as in the totals.
 */

export async function addToTotals(trx: Trx, given: RawBuilder<unknown>): Promise<void> {
  await sql`insert into link_total (link_id, visits, last_visit_at)
    select link_id, visits, last_visit_at from ${given}
    where exists (select 1 from link where link.id = link_id)
    on conflict (link_id) do update set visits = ${addedTo("link_total")},
      last_visit_at = case when excluded.last_visit_at > link_total.last_visit_at
        then excluded.last_visit_at else link_total.last_visit_at end`.execute(trx);
}

/** Adds to the quarter hours of links, each of which is given once. */
export async function addToLinkQuarters(trx: Trx, given: RawBuilder<unknown>): Promise<void> {
  await sql`insert into link_quarter (link_id, quarter, class, visits)
    select link_id, quarter, class, visits from ${given}
    where exists (select 1 from link where link.id = link_id) order by 1, 2, 3
    on conflict (link_id, quarter, class)
      do update set visits = ${addedTo("link_quarter")}`.execute(trx);
}

/** Adds to the quarter hours of links and of their owners. */
export async function addToQuarters(trx: Trx, given: RawBuilder<unknown>): Promise<void> {
  await addToLinkQuarters(trx, given);
  await sql`insert into owner_quarter (owner_id, quarter, class, visits)
    with counted as (
      select owner_id, quarter, class, ${sumOfVisits} as visits
      from ${given} join link on link.id = link_id group by 1, 2, 3)
    select owner_id, quarter, class, visits from (
      select owner_id, quarter, class, visits from counted
      union all select 0, quarter, class, ${sumOfVisits} from counted group by 2, 3
    ) as sums
    where true order by 1, 2, 3
    on conflict (owner_id, quarter, class)
      do update set visits = ${addedTo("owner_quarter")}`.execute(trx);
}

/** Adds to the days of links. */
export async function addToLinkDays(trx: Trx, given: RawBuilder<unknown>): Promise<void> {
  await sql`insert into link_day (link_id, dimension, day, value_id, visits)
    select link_id, dimension, day, value_id, ${sumOfVisits} from ${given}
    where exists (select 1 from link where link.id = link_id)
    group by 1, 2, 3, 4 order by 1, 2, 3, 4
    on conflict (link_id, dimension, day, value_id)
      do update set visits = ${addedTo("link_day")}`.execute(trx);
}

/** Adds to the days of links and of their owners. */
export async function addToDays(trx: Trx, given: RawBuilder<unknown>): Promise<void> {
  await addToLinkDays(trx, given);
  await sql`insert into owner_day (owner_id, dimension, day, value_id, visits)
    with counted as (
      select owner_id, dimension, day, value_id, ${sumOfVisits} as visits
      from ${given} join link on link.id = link_id group by 1, 2, 3, 4)
    select owner_id, dimension, day, value_id, visits from (
      select owner_id, dimension, day, value_id, visits from counted
      union all select 0, dimension, day, value_id, ${sumOfVisits} from counted
      group by 2, 3, 4
    ) as sums
    where true order by 1, 2, 3, 4
    on conflict (owner_id, dimension, day, value_id)
      do update set visits = ${addedTo("owner_day")}`.execute(trx);
}
