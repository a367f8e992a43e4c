import { type Kysely, sql } from "kysely";
import type { Dialect } from "../../dialect.ts";

/** Migration 0005: links with content. */
export async function addContents(db: Kysely<unknown>, { types }: Dialect): Promise<void> {
  await db.schema
    .alterTable("link")
    .addColumn("blob_id", types.whole, (column) => column.references("blob.id"))
    .execute();
  for (const name of ["file_name", "media_type"]) {
    await db.schema
      .alterTable("link")
      .addColumn(name, "text", (column) => column.notNull().defaultTo(""))
      .execute();
  }
  await db.schema.alterTable("link").addColumn("content_at", types.whole).execute();
  await db.schema
    .alterTable("link")
    .addColumn("inline", "integer", (column) => column.notNull().defaultTo(0))
    .execute();
  await db.schema
    .createIndex("link_blob")
    .on("link")
    .column("blob_id")
    .where(sql.ref("blob_id"), "is not", null)
    .execute();
}
