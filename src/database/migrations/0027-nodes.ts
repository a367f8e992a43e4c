import type { Kysely } from "kysely";
import type { Dialect } from "../dialect.ts";

/** Migration 0027: the machines that run Trunk8 on this database. */
export async function createNodes(db: Kysely<unknown>, { types }: Dialect): Promise<void> {
  await db.schema
    .createTable("node")
    .addColumn("name", "text", (column) => column.primaryKey())
    .addColumn("version", "text", (column) => column.notNull())
    .addColumn("address", "text", (column) => column.notNull())
    .addColumn("state", "text", (column) => column.notNull())
    .addColumn("started_at", types.whole, (column) => column.notNull())
    .addColumn("seen_at", types.whole, (column) => column.notNull())
    .addColumn("clock_ms", types.whole, (column) => column.notNull())
    .addColumn("changes_ms", types.whole)
    .execute();
}
