import type { Kysely } from "kysely";
import type { Dialect } from "../dialect.ts";

/** Migration 0041: the images from which metadata were removed when they were uploaded. */
export async function createRemovedMetadata(
  db: Kysely<unknown>,
  { types }: Dialect,
): Promise<void> {
  await db.schema
    .createTable("removed_metadata")
    .addColumn("blob_id", types.whole, (column) =>
      column.primaryKey().references("blob.id").onDelete("cascade"),
    )
    .addColumn("sha256", "text", (column) => column.notNull())
    .execute();
}
