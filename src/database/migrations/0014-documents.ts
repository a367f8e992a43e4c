import { type Kysely, sql } from "kysely";

/** Migration 0014: finds the Markdown documents of a user, whose pages change with the user's theme. */
export async function indexDocuments(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createIndex("link_document")
    .on("link")
    .column("owner_id")
    .where(sql<boolean>`kind = 'markdown'`)
    .execute();
}
