import { type Kysely, sql } from "kysely";
import type { Dialect } from "../../dialect.ts";

/** Migration 0003: each owner's visits by hour, so that the home page counts a month without reading every link's. */
export async function createOwnerHours(
  db: Kysely<unknown>,
  { types, storedByKey }: Dialect,
): Promise<void> {
  await db.schema
    .createTable("owner_hour")
    .addColumn("owner_id", types.whole, (column) => column.notNull())
    .addColumn("hour", types.whole, (column) => column.notNull())
    .addColumn("class", "text", (column) => column.notNull())
    .addColumn("visits", types.whole, (column) => column.notNull())
    .addPrimaryKeyConstraint("owner_hour_key", ["owner_id", "hour", "class"])
    .modifyEnd(storedByKey)
    .execute();
  await sql`insert into owner_hour (owner_id, hour, class, visits)
    with counted as (
      select owner_id, hour, class, sum(visits) as visits from visit_hour
      join link on link.id = link_id join visitor on visitor.id = visitor_id
      group by owner_id, hour, class)
    select owner_id, hour, class, visits from counted
    union all select 0, hour, class, sum(visits) from counted group by hour, class`.execute(db);
}
