import type { Kysely } from "kysely";

/** Migration 0046: which websites may show a link in a frame. Null stands for what held before: a file, by any of them. */
export async function addEmbedHosts(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable("link").addColumn("embed_hosts", "text").execute();
}
