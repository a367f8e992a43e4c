import type { Kysely } from "kysely";

/** Migration 0019: an index to count links by kind. */
export async function indexLinkKinds(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createIndex("link_search_kind")
    .on("link_search")
    .columns(["owner_id", "kind"])
    .execute();
}
