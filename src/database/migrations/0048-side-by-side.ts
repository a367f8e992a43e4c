import { type Kysely, sql } from "kysely";

/** Migration 0048: of an account, a restore, an import and changes of many links go on beside each other. */
export async function allowSideBySide(db: Kysely<unknown>): Promise<void> {
  await db.schema.dropIndex("restore_running").execute();
  await sql`create unique index restore_running
    on restore (owner_id, (case when mode = 'csv' then 'import' else 'restore' end))
    where ended_at is null and mode <> 'bulk'`.execute(db);
}
