import type { Kysely } from "kysely";

/** Migration 0009: settings that all nodes share. */
export async function createSettings(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("setting")
    .addColumn("key", "text", (column) => column.primaryKey())
    .addColumn("value", "text", (column) => column.notNull())
    .execute();
}
