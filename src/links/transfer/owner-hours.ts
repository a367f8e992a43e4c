import { expressionBuilder, type RawBuilder, sql } from "kysely";
import type { Trx } from "../../database/database.ts";
import { addCounts, sumOfCounts } from "../../database/dialect.ts";
import type { Schema } from "../../database/schema.ts";

/** Moves the visits of links from the hourly sums of their owners to those of another; the links move after it. */
export async function moveHours(trx: Trx, linkIds: readonly number[], to: number): Promise<void> {
  const hours = hoursOf(linkIds);
  await sql`update owner_hour as kept set visits = kept.visits - moved.visits
    from (select owner_id, hour, class, ${sumOfVisits} as visits from ${hours}
      group by 1, 2, 3) as moved
    where kept.owner_id = moved.owner_id and kept.hour = moved.hour and kept.class = moved.class`.execute(
    trx,
  );
  await sql`insert into owner_hour (owner_id, hour, class, visits)
    select cast(${to} as bigint), hour, class, visits from (
      select hour, class, ${sumOfVisits} as visits from ${hours} group by 1, 2) as moved
    where true order by hour, class
    on conflict (owner_id, hour, class)
      do update set visits = ${raised}`.execute(trx);
}

/** Moves all hourly sums of an owner to another, also those of deleted links. */
export async function moveAllHours(trx: Trx, from: number, to: number): Promise<void> {
  await sql`insert into owner_hour (owner_id, hour, class, visits)
    select cast(${to} as bigint), hour, class, visits from owner_hour where owner_id = ${from}
    order by hour, class
    on conflict (owner_id, hour, class)
      do update set visits = ${raised}`.execute(trx);
  await deleteHours(trx, from);
}

export async function deleteHours(trx: Trx, ownerId: number): Promise<void> {
  await trx.deleteFrom("owner_hour").where("owner_id", "=", ownerId).execute();
}

const sumOfVisits = sumOfCounts(sql`visits`);
const raised = addCounts(sql`owner_hour.visits`, sql`excluded.visits`);

const isOfLinks = expressionBuilder<Schema, "visit_hour">();

function hoursOf(linkIds: readonly number[]): RawBuilder<unknown> {
  return sql`(select owner_id, hour, class, visits from visit_hour
    join link on link.id = link_id join visitor on visitor.id = visitor_id
    where ${isOfLinks("link_id", "in", linkIds)}) as hours`;
}
