import type { Database, Trx } from "../database/database.ts";
import type { BlobPath, BlobState, StoredBytes } from "./blob.ts";

/** A file that the operator keeps in a user's assets, as it was measured in place. */
export interface FileInPlace extends StoredBytes {
  readonly path: BlobPath;
  readonly ownerId: number;
  /** Time of the last change on disk, in whole milliseconds since 1970 UTC. */
  readonly changedAt: number;
}

/** Row of the bytes at a path. */
export interface KnownBytes extends StoredBytes {
  readonly ownerId: number;
  readonly state: BlobState;
  /** Of a file in place, its last change; else the last change of its state. */
  readonly changedAt: number;
}

/**
 * Adds a reference to the bytes at a path, as they are now; returns their id. Null: they are about to be deleted, or
 * another owner's.
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

/** Returns the row at the path of a file: the existing one, or a new one without references. */
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

/** Deletes the rows of operator's files that no link uses any more. The files stay. */
export async function forgetLeft(database: Database, before: number): Promise<void> {
  const left = database.read.selectFrom("blob").select("id").where("state", "=", "left");
  const one = await left.where("changed_at", "<=", before).limit(1).executeTakeFirst();
  if (one === undefined) return;
  await database.write((trx) =>
    trx.deleteFrom("blob").where("state", "=", "left").where("changed_at", "<=", before).execute(),
  );
}
