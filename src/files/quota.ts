import { sql } from "kysely";
import type { Database, Trx } from "../database/database.ts";
import { Problem } from "../problem.ts";
import { formatBytes } from "../text/format.ts";

/** How many bytes an owner uses, and how many they may; 0: any number. */
export interface Usage {
  readonly bytes: number;
  readonly quota: number;
}

/** Locks the owner's usage to the end of the transaction: their blobs change one transaction at a time. */
export async function holdUsage(trx: Trx, ownerId: number): Promise<void> {
  await trx
    .insertInto("blob_usage")
    .values({ owner_id: ownerId, bytes: 0, quota: null })
    .onConflict((on) => on.column("owner_id").doUpdateSet({ owner_id: ownerId }))
    .execute();
}

/**
 * Adds to what the owner uses.
 * @throws Problem `over_quota` where that would be more than they may
 */
export async function charge(
  trx: Trx,
  ownerId: number,
  bytes: number,
  defaultQuota: number,
): Promise<void> {
  const quota = sql<number>`coalesce(quota, ${sql.lit(defaultQuota)})`;
  const update = trx
    .updateTable("blob_usage")
    .set((usage) => ({ bytes: usage("bytes", "+", bytes) }))
    .where("owner_id", "=", ownerId)
    .where(({ eb, or }) =>
      or([eb(quota, "=", 0), eb(sql`bytes + ${sql.lit(bytes)}`, "<=", quota)]),
    );
  const { numUpdatedRows } = await update.executeTakeFirst();
  if (numUpdatedRows === 0n) throw overQuota(await roomLeft(trx, ownerId, defaultQuota));
}

/** Takes from what the owner uses. */
export async function credit(trx: Trx, ownerId: number, bytes: number): Promise<void> {
  await trx
    .updateTable("blob_usage")
    .set((usage) => ({ bytes: usage("bytes", "-", bytes) }))
    .where("owner_id", "=", ownerId)
    .execute();
}

/** Gives an owner a quota of their own in bytes, 0 for none at all, or null for what the settings say. */
export async function setQuota(trx: Trx, ownerId: number, quota: number | null): Promise<void> {
  await holdUsage(trx, ownerId);
  await trx.updateTable("blob_usage").set({ quota }).where("owner_id", "=", ownerId).execute();
}

export async function readUsage(
  { lookup }: Pick<Database, "lookup">,
  ownerId: number,
  defaultQuota: number,
): Promise<Usage> {
  const query = lookup.selectFrom("blob_usage").select(["bytes", "quota"]);
  const row = await query.where("owner_id", "=", ownerId).executeTakeFirst();
  return { bytes: row?.bytes ?? 0, quota: row?.quota ?? defaultQuota };
}

async function roomLeft(trx: Trx, ownerId: number, defaultQuota: number): Promise<number> {
  const { bytes, quota } = await readUsage({ lookup: trx }, ownerId, defaultQuota);
  return Math.max(0, quota - bytes);
}

function overQuota(left: number): Problem {
  const rest = left === 0 ? "no room" : `only room for ${formatBytes(left)}`;
  return new Problem("over_quota", `There is ${rest} left: not enough for this file.`);
}
