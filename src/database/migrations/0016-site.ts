import type { Kysely } from "kysely";

/** Migration 0016: what identifies the site, in one row that its first start adds. */
export async function createSite(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("site")
    .addColumn("one", "integer", (column) => column.primaryKey())
    .addColumn("id", "text", (column) => column.notNull())
    .execute();
}
