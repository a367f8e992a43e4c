import { type Kysely, sql } from "kysely";
import type { Dialect } from "../dialect.ts";

/** Migration 0042: finds the sketches of days that are over; and the key of each day that nodes share. */
export async function addVisitors(db: Kysely<unknown>, { kind }: Dialect): Promise<void> {
  for (const table of ["link_unique", "owner_unique"])
    await db.schema
      .createIndex(`${table}_open`)
      .on(table)
      .column("day")
      .where(sql.ref("sketch"), "is not", null)
      .execute();
  if (kind === "sqlite") return;
  // Unlogged: in no log that is archived, and on no standby. After a crash, the day goes on with a new key.
  await sql`create unlogged table visitor_key (day integer primary key, key bytea not null)`.execute(
    db,
  );
}
