import type { Kysely } from "kysely";
import type { Dialect } from "../../dialect.ts";

/** What processes that run side by side agree by: how far journals are saved, and who does a job. */
export async function createRunTables(db: Kysely<unknown>, { types }: Dialect): Promise<void> {
  await db.schema
    .createTable("visit_journal")
    .addColumn("name", "text", (column) => column.primaryKey())
    .addColumn("saved", types.whole, (column) => column.notNull())
    .execute();
  await db.schema
    .createTable("lease")
    .addColumn("name", "text", (column) => column.primaryKey())
    .addColumn("holder", "text", (column) => column.notNull())
    .addColumn("until", types.whole, (column) => column.notNull())
    .addColumn("ran_at", types.whole)
    .addColumn("took_ms", types.whole)
    .addColumn("failure", "text", (column) => column.notNull().defaultTo(""))
    .execute();
}
