import type { Kysely } from "kysely";
import type { Dialect } from "../dialect.ts";

/** Migration 0037: what requests with an idempotency key were answered. */
export async function createSentRequests(db: Kysely<unknown>, { types }: Dialect): Promise<void> {
  await db.schema
    .createTable("sent_request")
    .addColumn("user_id", types.whole, (column) =>
      column.notNull().references("user.id").onDelete("cascade"),
    )
    .addColumn("key_hash", "text", (column) => column.notNull())
    .addColumn("fingerprint", "text", (column) => column.notNull())
    .addColumn("at", types.whole, (column) => column.notNull())
    .addColumn("status", "integer")
    .addColumn("headers", "text", (column) => column.notNull().defaultTo("{}"))
    .addColumn("size", types.whole, (column) => column.notNull().defaultTo(0))
    .addColumn("body", "text", (column) => column.notNull().defaultTo(""))
    .addPrimaryKeyConstraint("sent_request_key", ["user_id", "key_hash"])
    .execute();
  await db.schema.createIndex("sent_request_at").on("sent_request").column("at").execute();
  await db.schema
    .createIndex("sent_request_user")
    .on("sent_request")
    .columns(["user_id", "at", "size"])
    .execute();
}
