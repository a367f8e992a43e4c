import type { Kysely } from "kysely";
import type { Dialect } from "../dialect.ts";

/** Migration 0039: files that are sent in portions. */
export async function createUploads(db: Kysely<unknown>, { types }: Dialect): Promise<void> {
  await db.schema
    .createTable("upload")
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("owner_id", types.whole, (column) =>
      column.notNull().references("user.id").onDelete("cascade"),
    )
    .addColumn("length", types.whole)
    .addColumn("received", types.whole, (column) => column.notNull())
    .addColumn("metadata", "text", (column) => column.notNull())
    .addColumn("purpose", "text", (column) => column.notNull())
    .addColumn("state", "text", (column) => column.notNull())
    .addColumn("sha256", "text", (column) => column.notNull())
    .addColumn("short_code", "text")
    .addColumn("holder", "text", (column) => column.notNull())
    .addColumn("held_until", types.whole, (column) => column.notNull())
    .addColumn("is_called", "integer", (column) => column.notNull())
    .addColumn("created_at", types.whole, (column) => column.notNull())
    .addColumn("expires_at", types.whole, (column) => column.notNull())
    .execute();
  await db.schema
    .createIndex("upload_owner")
    .on("upload")
    .columns(["owner_id", "created_at"])
    .execute();
  await db.schema.createIndex("upload_expiry").on("upload").column("expires_at").execute();
}
