import { type RawBuilder, sql } from "kysely";
import type { Trx } from "../database/database.ts";
import { addCounts, sumOfCounts } from "../database/dialect.ts";
import type { Visitor } from "./visit.ts";

const sumOfVisits = sumOfCounts(sql`visits`);

function addedTo(table: "visit_hour" | "owner_hour" | "link_total"): RawBuilder<number> {
  return addCounts(sql`${sql.table(table)}.visits`, sql`excluded.visits`);
}

/** Returns the id of a visitor's row, which is inserted if it is new. */
export async function findOrAddVisitor(trx: Trx, visitor: Visitor): Promise<number> {
  const row = {
    class: visitor.class,
    referrer_host: visitor.referrerHost,
    browser: visitor.browser,
    system: visitor.system,
  };
  await trx
    .insertInto("visitor")
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const { id } = await trx
    .selectFrom("visitor")
    .select("id")
    .where((where) => where.and(row))
    .executeTakeFirstOrThrow();
  return id;
}

/** Adds to the hours of links. Deleted links are skipped, here and in the totals. */
export async function addToHours(trx: Trx, given: RawBuilder<unknown>): Promise<void> {
  await sql`insert into visit_hour (link_id, hour, visitor_id, visits)
    select link_id, hour, visitor_id, visits from ${given}
    where exists (select 1 from link where link.id = link_id)
    on conflict (link_id, hour, visitor_id)
      do update set visits = ${addedTo("visit_hour")}`.execute(trx);
}

/** Adds to the hours of owners, and of owner 0 for all; always in the same order, so that two transactions cannot deadlock. */
export async function addToOwners(trx: Trx, given: RawBuilder<unknown>): Promise<void> {
  await sql`insert into owner_hour (owner_id, hour, class, visits)
    with counted as (
      select owner_id, hour, class, ${sumOfVisits} as visits
      from ${given} join link on link.id = link_id join visitor on visitor.id = visitor_id
      group by 1, 2, 3)
    select owner_id, hour, class, visits from (
      select owner_id, hour, class, visits from counted
      union all select 0, hour, class, ${sumOfVisits} from counted group by 2, 3) as sums
    where true order by 1, 2, 3
    on conflict (owner_id, hour, class)
      do update set visits = ${addedTo("owner_hour")}`.execute(trx);
}

export async function addToTotals(trx: Trx, given: RawBuilder<unknown>): Promise<void> {
  await sql`insert into link_total (link_id, visits, last_visit_at)
    select link_id, visits, last_visit_at from ${given}
    where exists (select 1 from link where link.id = link_id)
    on conflict (link_id) do update set visits = ${addedTo("link_total")},
      last_visit_at = case when excluded.last_visit_at > link_total.last_visit_at
        then excluded.last_visit_at else link_total.last_visit_at end`.execute(trx);
}
