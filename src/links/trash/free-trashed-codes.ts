import { sql } from "kysely";
import type { Trx } from "../../database/database.ts";
import type { Link } from "../link.ts";
import { TRASH_MARK } from "../rows/link-columns.ts";
import type { ShortCode } from "../short-code.ts";

/**
 * Frees short codes that links in their owner's own trash have: these keep them as their former ones. A code in another
 * owner's trash stays taken.
 */
export async function freeTrashedCodes(
  trx: Trx,
  links: readonly Pick<Link, "ownerId" | "shortCode">[],
  but = 0,
): Promise<void> {
  for (const [ownerId, own] of Map.groupBy(links, (link) => link.ownerId)) {
    const codes = own.map(({ shortCode }) => shortCode);
    const set = {
      former_code: sql<ShortCode>`short_code`,
      short_code: sql<ShortCode>`${sql.lit(TRASH_MARK)} || id`,
    };
    const update = trx.updateTable("link").set(set).where("short_code", "in", codes);
    const trashed = update.where("owner_id", "=", ownerId).where("deleted_at", "is not", null);
    await trashed.where("id", "<>", but).execute();
  }
}
