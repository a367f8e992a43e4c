import { type Kysely, sql } from "kysely";
import type { Dialect } from "../dialect.ts";

/** Migration 0029: links in the trash, and the short code that one had whose code its owner has used again. */
export async function addTrash(db: Kysely<unknown>, { types }: Dialect): Promise<void> {
  await db.schema.alterTable("link").addColumn("deleted_at", types.whole).execute();
  await db.schema.alterTable("link").addColumn("former_code", types.exactText).execute();
  await sql`create index link_trash on link (owner_id, deleted_at, id) where deleted_at is not null`.execute(
    db,
  );
  await sql`create index link_trash_age on link (deleted_at) where deleted_at is not null`.execute(
    db,
  );
}
