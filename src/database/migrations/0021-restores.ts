import { type Kysely, sql } from "kysely";
import type { Dialect } from "../dialect.ts";

/** Migration 0021: restores that run in portions, and what became of them. */
export async function createRestores(
  db: Kysely<unknown>,
  { types, identify }: Dialect,
): Promise<void> {
  await db.schema
    .createTable("restore")
    .addColumn("id", types.identity, identify)
    .addColumn("owner_id", types.whole, (column) =>
      column.notNull().references("user.id").onDelete("cascade"),
    )
    .addColumn("actor", "text", (column) => column.notNull())
    .addColumn("mode", "text", (column) => column.notNull())
    .addColumn("archive", "text", (column) => column.notNull())
    .addColumn("is_sent", "integer", (column) => column.notNull())
    .addColumn("newest_link_id", types.whole, (column) => column.notNull())
    .addColumn("state", "text", (column) => column.notNull())
    .addColumn("is_cancelled", "integer", (column) => column.notNull().defaultTo(0))
    .addColumn("holder", "text", (column) => column.notNull())
    .addColumn("until", types.whole, (column) => column.notNull())
    .addColumn("progress", "text", (column) => column.notNull())
    .addColumn("problem", "text")
    .addColumn("created_at", types.whole, (column) => column.notNull())
    .addColumn("ended_at", types.whole)
    .execute();
  await db.schema
    .createIndex("restore_running")
    .on("restore")
    .column("owner_id")
    .unique()
    .where(sql<boolean>`ended_at is null`)
    .execute();
  await db.schema.createIndex("restore_ended").on("restore").column("ended_at").execute();
  await db.schema.createIndex("restore_owner").on("restore").column("owner_id").execute();
}
