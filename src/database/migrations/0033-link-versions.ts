import { type Kysely, sql } from "kysely";
import type { Dialect } from "../dialect.ts";

/**
 * Migration 0033: former destinations and texts of links, and the index that finds an owner's links by their
 * destination. Only its first characters are in the index: PostgreSQL refuses entries of any length.
 */
export async function createLinkVersions(
  db: Kysely<unknown>,
  { types, storedByKey }: Dialect,
): Promise<void> {
  await db.schema
    .createTable("link_version")
    .addColumn("link_id", types.whole, (column) =>
      column.notNull().references("link.id").onDelete("cascade"),
    )
    .addColumn("number", types.whole, (column) => column.notNull())
    .addColumn("began_at", types.whole, (column) => column.notNull())
    .addColumn("author", "text", (column) => column.notNull())
    .addColumn("replaced_at", types.whole, (column) => column.notNull())
    .addColumn("replaced_by", "text", (column) => column.notNull())
    .addColumn("kind", "text", (column) => column.notNull())
    .addColumn("target", "text", (column) => column.notNull())
    .addColumn("blob_id", types.whole, (column) => column.references("blob.id"))
    .addColumn("file_name", "text", (column) => column.notNull())
    .addColumn("media_type", "text", (column) => column.notNull())
    .addPrimaryKeyConstraint("link_version_key", ["link_id", "number"])
    .modifyEnd(storedByKey)
    .execute();
  await db.schema
    .createIndex("link_version_blob")
    .on("link_version")
    .column("blob_id")
    .where(sql.ref("blob_id"), "is not", null)
    .execute();
  await sql`create index link_target on link (owner_id, substr(target, 1, 200), id)
    where kind = 'redirect' and deleted_at is null`.execute(db);
}
