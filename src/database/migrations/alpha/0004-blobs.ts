import { type Kysely, sql } from "kysely";
import type { Dialect } from "../../dialect.ts";

/** Migration 0004: what is known of stored bytes, and how much of them each owner uses. */
export async function createBlobTables(db: Kysely<unknown>, dialect: Dialect): Promise<void> {
  await createBlobs(db, dialect);
  await createUsage(db, dialect);
}

async function createBlobs(db: Kysely<unknown>, { types, identify }: Dialect): Promise<void> {
  await db.schema
    .createTable("blob")
    .addColumn("id", types.identity, identify)
    .addColumn("owner_id", types.whole, (column) => column.notNull().references("user.id"))
    .addColumn("path", types.exactText, (column) => column.notNull().unique())
    .addColumn("size", types.whole, (column) => column.notNull())
    .addColumn("sha256", types.exactText, (column) => column.notNull())
    .addColumn("state", "text", (column) => column.notNull())
    .addColumn("uses", types.whole, (column) => column.notNull())
    .addColumn("changed_at", types.whole, (column) => column.notNull())
    .execute();
  await db.schema
    .createIndex("blob_once")
    .on("blob")
    .columns(["owner_id", "sha256"])
    .unique()
    .where(sql<boolean>`state = 'used'`)
    .execute();
  await db.schema
    .createIndex("blob_unused")
    .on("blob")
    .columns(["state", "changed_at"])
    .where(sql<boolean>`state <> 'used'`)
    .execute();
}

async function createUsage(db: Kysely<unknown>, { types }: Dialect): Promise<void> {
  await db.schema
    .createTable("blob_usage")
    .addColumn("owner_id", types.whole, (column) =>
      column.primaryKey().references("user.id").onDelete("cascade"),
    )
    .addColumn("bytes", types.whole, (column) => column.notNull())
    .addColumn("quota", types.whole)
    .execute();
}
