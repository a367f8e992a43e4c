import { type Kysely, sql } from "kysely";
import type { Dialect } from "../dialect.ts";

/** Migration 0028: when a link begins to answer, where it sends visitors instead, and whether it passes parameters on. */
export async function addLinkOptions(db: Kysely<unknown>, { types }: Dialect): Promise<void> {
  await db.schema.alterTable("link").addColumn("starts_at", types.whole).execute();
  await db.schema
    .alterTable("link")
    .addColumn("fallback_url", "text", (column) => column.notNull().defaultTo(""))
    .execute();
  await db.schema.alterTable("link").addColumn("forward_query", "integer").execute();
  await db.schema.alterTable("link_search").addColumn("starts_at", types.whole).execute();
  // Few links have a start, so the index is small.
  await sql`create index link_search_start on link_search (starts_at) where starts_at is not null`.execute(
    db,
  );
}
