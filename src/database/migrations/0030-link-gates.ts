import { type Kysely, sql } from "kysely";
import type { Dialect } from "../dialect.ts";

/** Migration 0030: how often a link answers, and the password that it asks for. */
export async function addLinkGates(db: Kysely<unknown>, { types }: Dialect): Promise<void> {
  for (const column of ["visit_limit", "visits_left"])
    await db.schema.alterTable("link").addColumn(column, types.whole).execute();
  await db.schema
    .alterTable("link")
    .addColumn("password_hash", "text", (column) => column.notNull().defaultTo(""))
    .execute();
  await db.schema
    .alterTable("link")
    .addColumn("wrong_passwords", types.whole, (column) => column.notNull().defaultTo(0))
    .execute();
  await db.schema
    .alterTable("link_search")
    .addColumn("spent", "integer", (column) => column.notNull().defaultTo(0))
    .execute();
  // Few links are used up, so the index is small.
  await sql`create index link_search_spent on link_search (spent, owner_id) where spent = 1`.execute(
    db,
  );
}
