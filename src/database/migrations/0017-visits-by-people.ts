import { type Kysely, type RawBuilder, sql } from "kysely";

/** Milliseconds per hour: `visit_hour` counts hours since 1970. */
const HOUR = sql.lit(3_600_000);

/**
 * Migration 0017: the totals of links count visits by people only; those by bots remain in the hourly totals. Where the
 * exact time of the last visit is unknown, it becomes the beginning of its hour.
 */
export async function countPeopleOnly(db: Kysely<unknown>): Promise<void> {
  await sql`update link_total as t set visits = t.visits - bots.visits, last_visit_at = case
      when people.hour is null or t.last_visit_at / ${HOUR} = people.hour then t.last_visit_at
      when single.at / ${HOUR} = people.hour then single.at
      else people.hour * ${HOUR} end
    from (${hoursOf(sql<boolean>`class <> 'human'`)}) as bots
    left join (${hoursOf(sql<boolean>`class = 'human'`)}) as people on people.link_id = bots.link_id
    left join (${lastByPeople}) as single on single.link_id = bots.link_id
    where bots.link_id = t.link_id`.execute(db);
  await sql`delete from link_total where visits <= 0`.execute(db);
  // A rank of 0 has not been refreshed yet.
  await sql`update link_rank as r set visits = t.visits, last_visit_at = t.last_visit_at
    from link_total as t where t.link_id = r.link_id and r.visits > 0`.execute(db);
  await sql`update link_rank set visits = 0, last_visit_at = null
    where visits > 0 and link_id not in (select link_id from link_total)`.execute(db);
}

/** Number of visits and last hour of each link. */
function hoursOf(visitors: RawBuilder<boolean>): RawBuilder<unknown> {
  return sql`select link_id, cast(sum(visits) as bigint) as visits, max(hour) as hour
    from visit_hour join visitor on visitor.id = visitor_id where ${visitors} group by link_id`;
}

const lastByPeople = sql`select link_id, max(at) as at
  from visit join visitor on visitor.id = visitor_id where class = 'human' group by link_id`;
