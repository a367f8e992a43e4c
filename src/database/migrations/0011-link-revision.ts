import { type Kysely, sql } from "kysely";
import type { Dialect } from "../dialect.ts";

/**
 * A number that each change of a link raises; and sent forms without a link, so that a key can be claimed before the
 * link exists.
 */
export async function addLinkRevision(db: Kysely<unknown>, { types }: Dialect): Promise<void> {
  await db.schema
    .alterTable("link")
    .addColumn("revision", types.whole, (column) => column.notNull().defaultTo(1))
    .execute();
  // SQLite cannot make a column nullable, so the table is rebuilt.
  await db.schema.alterTable("sent_form").renameTo("sent_form_before").execute();
  await db.schema.dropIndex("sent_form_link").execute();
  await db.schema.dropIndex("sent_form_at").execute();
  await db.schema
    .createTable("sent_form")
    .addColumn("key", "text", (column) => column.primaryKey())
    .addColumn("link_id", types.whole, (column) => column.references("link.id").onDelete("cascade"))
    .addColumn("at", types.whole, (column) => column.notNull())
    .execute();
  await sql`insert into sent_form (key, link_id, at)
    select key, link_id, at from sent_form_before`.execute(db);
  await db.schema.dropTable("sent_form_before").execute();
  await db.schema.createIndex("sent_form_link").on("sent_form").column("link_id").execute();
  await db.schema.createIndex("sent_form_at").on("sent_form").column("at").execute();
}
