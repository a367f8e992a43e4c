import { sql } from "kysely";
import type { Touch, Trx } from "../database/database.ts";
import { codesFrom, codesOf } from "./aliases/aliases.ts";

/** Says that the pages of a user's Markdown documents change with this transaction. */
export async function touchDocuments(trx: Trx, touch: Touch, ownerId: number): Promise<void> {
  const query = trx
    .selectFrom("link")
    .select(["short_code", "aliases"])
    .where("owner_id", "=", ownerId);
  // Literally, as in its index.
  const documents = await query.where(sql<boolean>`kind = 'markdown'`).execute();
  for (const row of documents) for (const code of codesOf(codesFrom(row))) touch(code);
}
