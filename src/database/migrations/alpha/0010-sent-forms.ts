import type { Kysely } from "kysely";
import type { Dialect } from "../../dialect.ts";

/** Which link each form has made, so that one sent twice makes one, whichever processes get it. */
export async function createSentForms(db: Kysely<unknown>, { types }: Dialect): Promise<void> {
  await db.schema
    .createTable("sent_form")
    .addColumn("key", "text", (column) => column.primaryKey())
    .addColumn("link_id", types.whole, (column) =>
      column.notNull().references("link.id").onDelete("cascade"),
    )
    .addColumn("at", types.whole, (column) => column.notNull())
    .execute();
  await db.schema.createIndex("sent_form_link").on("sent_form").column("link_id").execute();
  await db.schema.createIndex("sent_form_at").on("sent_form").column("at").execute();
}
