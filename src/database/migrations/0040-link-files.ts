import type { Kysely } from "kysely";
import type { Dialect } from "../dialect.ts";

/** Migration 0040: files of links that have several, collections and HTML pages with what they use. */
export async function createLinkFiles(
  db: Kysely<unknown>,
  { types, identify }: Dialect,
): Promise<void> {
  await db.schema
    .createTable("link_file")
    .addColumn("id", types.identity, identify)
    .addColumn("link_id", types.whole, (column) =>
      column.notNull().references("link.id").onDelete("cascade"),
    )
    .addColumn("path", types.exactText, (column) => column.notNull())
    .addColumn("position", types.whole, (column) => column.notNull())
    .addColumn("title", "text", (column) => column.notNull())
    .addColumn("blob_id", types.whole, (column) => column.notNull().references("blob.id"))
    .addColumn("media_type", "text", (column) => column.notNull())
    .addColumn("added_at", types.whole, (column) => column.notNull())
    .addUniqueConstraint("link_file_path", ["link_id", "path"])
    .execute();
  await db.schema
    .createIndex("link_file_order")
    .on("link_file")
    .columns(["link_id", "position", "id"])
    .execute();
  await db.schema.createIndex("link_file_blob").on("link_file").column("blob_id").execute();
}
