import type { Kysely } from "kysely";

/** Migration 0047: sums of the uploads of an owner that are no link's yet, without reading those that are. */
export async function indexOpenUploads(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createIndex("upload_open")
    .on("upload")
    .columns(["owner_id", "state", "received", "length"])
    .execute();
}
