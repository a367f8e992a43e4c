import { sql } from "kysely";
import type { Database, Trx } from "../database/database.ts";
import { prepare } from "../database/prepared.ts";
import { Problem } from "../problem.ts";
import { formatBytes } from "../text/format.ts";
import { text } from "./text.en.ts";

/** Bytes that an owner uses, and the quota; 0 = unlimited. */
export interface Usage {
  readonly bytes: number;
  readonly quota: number;
}

/** Locks an owner's usage to the end of the transaction: their blobs change in one transaction at a time. */
export async function holdUsage(trx: Trx, ownerId: number): Promise<void> {
  await trx
    .insertInto("blob_usage")
    .values({ owner_id: ownerId, bytes: 0, quota: null })
    .onConflict((on) => on.column("owner_id").doUpdateSet({ owner_id: ownerId }))
    .execute();
}

/**
 * Adds to an owner's usage.
 * @throws Problem `over_quota` where the quota would be exceeded
 */
export async function charge(
  trx: Trx,
  ownerId: number,
  bytes: number,
  defaultQuota: number,
): Promise<void> {
  const quota = sql<number>`coalesce(quota, ${defaultQuota})`;
  const update = trx
    .updateTable("blob_usage")
    .set((usage) => ({ bytes: usage("bytes", "+", bytes) }))
    .where("owner_id", "=", ownerId)
    .where(({ eb, or }) => or([eb(quota, "=", 0), eb(sql`bytes + ${bytes}`, "<=", quota)]));
  const { numUpdatedRows } = await update.executeTakeFirst();
  if (numUpdatedRows === 0n) throw overQuota(await bytesLeft(trx, ownerId, defaultQuota));
}

/** Subtracts from an owner's usage. */
export async function credit(trx: Trx, ownerId: number, bytes: number): Promise<void> {
  await trx
    .updateTable("blob_usage")
    .set((usage) => ({ bytes: usage("bytes", "-", bytes) }))
    .where("owner_id", "=", ownerId)
    .execute();
}

/** Sets an owner's quota in bytes; 0 = unlimited, null = the site's default. */
export async function setQuota(trx: Trx, ownerId: number, quota: number | null): Promise<void> {
  await holdUsage(trx, ownerId);
  await trx.updateTable("blob_usage").set({ quota }).where("owner_id", "=", ownerId).execute();
}

const selectUsage = prepare<{ ownerId: number }, { bytes: number; quota: number | null }>(
  (db, { ownerId }) =>
    db.selectFrom("blob_usage").select(["bytes", "quota"]).where("owner_id", "=", ownerId),
);

export async function readUsage(
  { lookup }: Pick<Database, "lookup">,
  ownerId: number,
  defaultQuota: number,
): Promise<Usage> {
  const [row] = (await lookup.executeQuery(selectUsage(lookup, { ownerId }))).rows;
  return { bytes: row?.bytes ?? 0, quota: row?.quota ?? defaultQuota };
}

async function bytesLeft(trx: Trx, ownerId: number, defaultQuota: number): Promise<number> {
  const { bytes, quota } = await readUsage({ lookup: trx }, ownerId, defaultQuota);
  return Math.max(0, quota - bytes);
}

/** Refusal of bytes for which there is no quota. */
export function overQuota(left: number): Problem {
  return new Problem("over_quota", text.quotaExceeded(formatBytes(left)));
}

/** Counts the stored files of an owner, each once, and their bytes. */
export async function countFiles(
  db: Database["read"],
  ownerId: number,
): Promise<{ readonly files: number; readonly bytes: number }> {
  return await db
    .selectFrom("blob")
    .select((eb) => eb.fn.countAll<number>().as("files"))
    .select(sql<number>`cast(coalesce(sum(size), 0) as bigint)`.as("bytes"))
    .where("owner_id", "=", ownerId)
    .where("state", "=", "used")
    .executeTakeFirstOrThrow();
}
