import type { Kysely } from "kysely";
import type { Dialect } from "../dialect.ts";

/** Migration 0034: API keys. Only the hash of a key is stored, and its first characters. */
export async function createApiKeys(
  db: Kysely<unknown>,
  { types, identify }: Dialect,
): Promise<void> {
  await db.schema
    .createTable("api_key")
    .addColumn("id", types.identity, identify)
    .addColumn("hash", "text", (column) => column.notNull().unique())
    .addColumn("beginning", "text", (column) => column.notNull())
    .addColumn("user_id", types.whole, (column) =>
      column.notNull().references("user.id").onDelete("cascade"),
    )
    .addColumn("name", "text", (column) => column.notNull())
    .addColumn("scopes", "text", (column) => column.notNull())
    .addColumn("kinds", "text", (column) => column.notNull())
    .addColumn("created_at", types.whole, (column) => column.notNull())
    .addColumn("expires_at", types.whole)
    .addColumn("revoked_at", types.whole)
    .addColumn("last_used_at", types.whole)
    .addColumn("last_client", "text", (column) => column.notNull().defaultTo(""))
    .addColumn("last_network", "text", (column) => column.notNull().defaultTo(""))
    .execute();
  await db.schema.createIndex("api_key_user").on("api_key").column("user_id").execute();
}
