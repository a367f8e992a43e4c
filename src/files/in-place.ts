import type { Database, Trx } from "../database/database.ts";
import type { BlobPath, BlobState, StoredBytes } from "./blob.ts";

/** A file that the operator keeps among an owner's, as it was measured where it lies. */
export interface FileInPlace extends StoredBytes {
  readonly path: BlobPath;
  readonly ownerId: number;
  /** When the disk says that it was last changed, in whole milliseconds since 1970 UTC. */
  readonly changedAt: number;
}

/** What is known of the bytes at a path. */
export interface KnownBytes extends StoredBytes {
  readonly ownerId: number;
  readonly state: BlobState;
  /** Of a file in place, when it was changed; else when its state was. */
  readonly changedAt: number;
}

/**
 * One link more has the bytes at this path, as they are now; gives their id. Null: they are about to be removed, or
 * another's.
 */
export async function useInPlace(trx: Trx, file: FileInPlace): Promise<number | null> {
  const { id, state, ownerId } = await findOrInsert(trx, file);
  if (state === "reserved" || state === "released") return null;
  if (state !== "left" && ownerId !== file.ownerId) return null;
  const update = trx.updateTable("blob").set((blob) => ({ uses: blob("uses", "+", 1) }));
  await update.where("id", "=", id).execute();
  if (state !== "used") await measureAgain(trx, id, file);
  return id;
}

/** The row at the path of a file: the one that is there, or a new one that nothing uses yet. */
async function findOrInsert(
  trx: Trx,
  { ownerId, path, size, sha256, changedAt }: FileInPlace,
): Promise<{ id: number; state: BlobState; ownerId: number }> {
  const bytes = { owner_id: ownerId, path, size, sha256, changed_at: changedAt };
  await trx
    .insertInto("blob")
    .values({ ...bytes, state: "left", uses: 0 })
    .onConflict((on) => on.column("path").doNothing())
    .execute();
  const query = trx.selectFrom("blob").select(["id", "state", "owner_id as ownerId"]);
  return await query.where("path", "=", path).executeTakeFirstOrThrow();
}

async function measureAgain(
  trx: Trx,
  id: number,
  { ownerId, size, sha256, changedAt }: FileInPlace,
): Promise<void> {
  await trx
    .updateTable("blob")
    .set({ owner_id: ownerId, state: "in_place", size, sha256, changed_at: changedAt })
    .where("id", "=", id)
    .execute();
}

/** The operator's files that no link has any more stay; what was known of them goes. */
export async function forgetLeft(database: Database, before: number): Promise<void> {
  const left = database.read.selectFrom("blob").select("id").where("state", "=", "left");
  const one = await left.where("changed_at", "<=", before).limit(1).executeTakeFirst();
  if (one === undefined) return;
  await database.write((trx) =>
    trx.deleteFrom("blob").where("state", "=", "left").where("changed_at", "<=", before).execute(),
  );
}
