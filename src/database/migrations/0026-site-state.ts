import { type Kysely, sql } from "kysely";
import type { Dialect } from "../dialect.ts";

/** Migration 0026: what nodes agree on: who has a lease, the secret key, and what clients have used of rate limits. */
export async function addSiteState(db: Kysely<unknown>, { types, kind }: Dialect): Promise<void> {
  await db.schema
    .alterTable("lease")
    .addColumn("fence", types.whole, (column) => column.notNull().defaultTo(0))
    .execute();
  await db.schema.alterTable("site").addColumn("key_mark", "text").execute();
  if (kind === "sqlite") return;
  // Unlogged: it changes at every sign-in, and after a crash of the database all limits may start from zero.
  await sql`create unlogged table rate_limit (
    key text collate "C" primary key,
    used_until bigint not null
  )`.execute(db);
}
