import { sql } from "kysely";
import type { Database, Trx } from "../database/database.ts";
import type { BlobPath, BlobState, StoredBytes, UsedBlob } from "./blob.ts";
import { holdUsage } from "./quota.ts";

/** States of blobs that links use. */
export const IN_USE: readonly BlobState[] = ["used", "in_place"];

/** Finds the owner's blob with the same bytes that is in use. */
export async function findUsed(
  trx: Database["lookup"],
  { ownerId, sha256 }: { readonly ownerId: number } & Pick<StoredBytes, "sha256">,
): Promise<UsedBlob | undefined> {
  return await trx
    .selectFrom("blob")
    .select(["id", "path"])
    .where("owner_id", "=", ownerId)
    .where("sha256", "=", sha256)
    .where("state", "=", "used")
    .executeTakeFirst();
}

/** Adds references of `count` more links to a blob in use. */
export async function addUses(trx: Trx, blobId: number, count: number): Promise<void> {
  await trx
    .updateTable("blob")
    .set((blob) => ({ uses: blob("uses", "+", count) }))
    .where("id", "=", blobId)
    .execute();
}

/** Adds a reference to a blob in use. Locks its owner's usage to the end of the transaction. */
export async function addReference(trx: Trx, blobId: number): Promise<void> {
  const query = trx.selectFrom("blob").select("owner_id").where("id", "=", blobId);
  await holdUsage(trx, (await query.executeTakeFirstOrThrow()).owner_id);
  await addUses(trx, blobId, 1);
}

/** Moves a blob to another state, unless it is no longer in the state it was seen in. */
export async function changeState(
  trx: Trx,
  blobId: number,
  change: { readonly from: BlobState; readonly to: BlobState; readonly now: number },
): Promise<void> {
  await trx
    .updateTable("blob")
    .set({ state: change.to, changed_at: change.now })
    .where("id", "=", blobId)
    .where("state", "=", change.from)
    .execute();
}

/** Releases old reservations. A transaction that uses one concurrently keeps it, or finds it released. */
export async function releaseAbandoned(
  database: Database,
  { before, now }: { readonly before: number; readonly now: number },
): Promise<void> {
  const abandoned = await database.read
    .selectFrom("blob")
    .select("id")
    .where("state", "=", "reserved")
    .where("changed_at", "<=", before)
    .limit(1)
    .executeTakeFirst();
  if (abandoned === undefined) return;
  await database.write((trx) =>
    trx
      .updateTable("blob")
      .set({ state: "released", changed_at: now })
      .where("state", "=", "reserved")
      .where("changed_at", "<=", before)
      .execute(),
  );
}

/** Finds those of many paths that have a row. */
export async function findKnownPaths(
  scan: Database["scan"],
  paths: readonly string[],
): Promise<ReadonlySet<string>> {
  const query = scan.selectFrom("blob").select("path");
  const rows = await query.where("path", "in", paths as readonly BlobPath[]).execute();
  return new Set(rows.map(({ path }) => path));
}

/** Sums the sizes of stored files that links use. */
export async function sumUsed(scan: Database["scan"]): Promise<number> {
  const { bytes } = await scan
    .selectFrom("blob")
    .select(sql<number>`cast(coalesce(sum(size), 0) as bigint)`.as("bytes"))
    .where("state", "in", IN_USE)
    .executeTakeFirstOrThrow();
  return bytes;
}

/** Counts stored files that links use. */
export async function countUsed(read: Database["read"]): Promise<number> {
  const { count } = await read
    .selectFrom("blob")
    .select((blob) => blob.fn.countAll<number>().as("count"))
    .where("state", "in", IN_USE)
    .executeTakeFirstOrThrow();
  return count;
}
