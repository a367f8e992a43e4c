import { sql } from "kysely";
import type { Clock } from "../clock.ts";
import type { Trx } from "../database/database.ts";
import { Problem } from "../problem.ts";
import type { BlobPath, BlobState, StoredBytes, UsedBlob } from "./blob.ts";
import { addUses, findUsed } from "./blob-rows.ts";
import type { BlobOwner, Blobs, ReservedBlob } from "./blobs.ts";
import { charge, credit, holdUsage, setQuota } from "./quota.ts";
import { text } from "./text.en.ts";

/** A blob that was merged into another one with the same bytes. */
export interface MergedBlob {
  readonly id: number;
  readonly into: number;
}

/** Links of a blob that are transferred to another owner. */
export interface Share {
  /** Number of the blob's links that are transferred. */
  readonly count: number;
  readonly to: number;
  /** A reserved copy for the new owner, where the previous owner keeps the blob. */
  readonly copy: ReservedBlob | null;
  readonly ignoresQuota?: boolean;
}

export interface BlobTransferParts {
  readonly blobs: Blobs;
  readonly clock: Clock;
  /** Quota in bytes of owners that have none of their own; 0 = unlimited. */
  readonly defaultQuota: () => number;
}

/** Transfers blobs together with their links. A blob keeps its path, also with another owner. */
export class BlobTransfer {
  readonly #blobs: Blobs;
  readonly #clock: Clock;
  readonly #defaultQuota: () => number;

  constructor({ blobs, clock, defaultQuota }: BlobTransferParts) {
    this.#blobs = blobs;
    this.#clock = clock;
    this.#defaultQuota = defaultQuota;
  }

  /**
   * Copies stored bytes and reserves the copy for another owner.
   * @throws Problem `internal` when they are damaged, `busy`, `storage_full`
   */
  async copyFor(
    owner: BlobOwner,
    file: { readonly path: BlobPath; readonly size: number; readonly name: string },
  ): Promise<ReservedBlob> {
    const bytes = (await this.#blobs.open(file)).stream();
    await using copy = await this.#blobs.receive(owner, { name: file.name, bytes }, file.size);
    return await this.#blobs.reserve(copy);
  }

  /** Sets an owner's quota in bytes; 0 = unlimited, null = the site's default. */
  async setQuota(trx: Trx, ownerId: number, quota: number | null): Promise<void> {
    await setQuota(trx, ownerId, quota);
  }

  /** Releases a copy that is not needed. */
  async abandon(copy: ReservedBlob): Promise<void> {
    await this.#blobs.abandon(copy);
  }

  /**
   * Transfers links of a blob. Returns the blob they use then: the same one, or the new owner's with the same bytes.
   * @throws Problem `over_quota`; `busy` where a copy is needed and there is none
   */
  async transfer(trx: Trx, blobId: number, share: Share): Promise<number> {
    const { count, to } = share;
    const { ownerId, sha256 } = await readBlob(trx, blobId);
    await holdUsages(trx, [ownerId, to]);
    const blob = await readBlob(trx, blobId);
    const same = await findUsed(trx, { ownerId: to, sha256 });
    if (same === undefined && blob.uses === count) {
      await this.#move(trx, blob, share);
      return blobId;
    }
    const used = await this.#useOther(trx, same, share.copy);
    await addUses(trx, used.id, count - 1);
    for (let left = count; left > 0; left--) await this.#blobs.release(trx, blobId);
    return used.id;
  }

  /**
   * Transfers all blobs of an owner, regardless of the quota. Returns the blobs that were merged into the new owner's.
   * Reserved blobs are released.
   */
  async transferAll(trx: Trx, from: number, to: number): Promise<MergedBlob[]> {
    await holdUsages(trx, [from, to]);
    const now = this.#clock();
    await setState(trx, from, { is: "reserved", becomes: "released", now });
    const merged = await mergeDuplicates(trx, { from, to, now });
    await addBytesOf(trx, from, to);
    await removeOwnership(trx, from, to);
    return merged;
  }

  /** Makes `newOwner` the owner of those of these blobs that no link uses, until they are deleted. */
  async handOverUnused(trx: Trx, ids: readonly number[], newOwner: number): Promise<void> {
    if (ids.length === 0) return;
    const update = trx.updateTable("blob").set({ owner_id: newOwner }).where("id", "in", ids);
    await update.where("state", "in", ["released", "left"]).execute();
  }

  /** Releases all blobs of an owner without links. Until they are deleted, `newOwner` owns them. */
  async releaseAll(trx: Trx, ownerId: number, newOwner: number): Promise<void> {
    await holdUsage(trx, ownerId);
    const now = this.#clock();
    await setState(trx, ownerId, { is: "reserved", becomes: "released", now });
    await setState(trx, ownerId, { is: "used", becomes: "released", now });
    await setState(trx, ownerId, { is: "in_place", becomes: "left", now });
    await removeOwnership(trx, ownerId, newOwner);
  }

  /** Uses the copy if there is one, else the blob that the new owner already has. */
  async #useOther(
    trx: Trx,
    same: UsedBlob | undefined,
    copy: ReservedBlob | null,
  ): Promise<Pick<UsedBlob, "id">> {
    if (copy !== null) return await this.#blobs.use(trx, copy);
    if (same === undefined) throw sharedMeanwhile();
    await addUses(trx, same.id, 1);
    return same;
  }

  /** Files in place count for no quota. */
  async #move(
    trx: Trx,
    { id, ownerId, size, state }: StoredBlob,
    { to, ignoresQuota = false }: Share,
  ): Promise<void> {
    await trx.updateTable("blob").set({ owner_id: to }).where("id", "=", id).execute();
    if (state !== "used") return;
    if (ignoresQuota) await credit(trx, to, -size);
    else await charge(trx, to, size, this.#defaultQuota());
    await credit(trx, ownerId, size);
  }
}

/** A row of the table blob. */
interface StoredBlob extends StoredBytes {
  readonly id: number;
  readonly ownerId: number;
  readonly state: BlobState;
  readonly uses: number;
}

async function readBlob(trx: Trx, id: number): Promise<StoredBlob> {
  return await trx
    .selectFrom("blob")
    .select(["id", "owner_id as ownerId", "size", "sha256", "state", "uses"])
    .where("id", "=", id)
    .executeTakeFirstOrThrow();
}

/** Locks the usage of two owners, always in the same order, so that two transactions cannot deadlock. */
async function holdUsages(trx: Trx, ownerIds: readonly [number, number]): Promise<void> {
  for (const id of ownerIds.toSorted((a, b) => a - b)) await holdUsage(trx, id);
}

async function setState(
  trx: Trx,
  ownerId: number,
  { is, becomes, now }: { is: BlobState; becomes: BlobState; now: number },
): Promise<void> {
  await trx
    .updateTable("blob")
    .set({ state: becomes, uses: 0, changed_at: now })
    .where("owner_id", "=", ownerId)
    .where("state", "=", is)
    .execute();
}

async function mergeDuplicates(
  trx: Trx,
  { from, to, now }: { from: number; to: number; now: number },
): Promise<MergedBlob[]> {
  const duplicates = await trx
    .selectFrom("blob")
    .innerJoin("blob as same", "same.sha256", "blob.sha256")
    .select(["blob.id", "blob.uses", "same.id as into"])
    .where("blob.owner_id", "=", from)
    .where("blob.state", "=", "used")
    .where("same.owner_id", "=", to)
    .where("same.state", "=", "used")
    .execute();
  for (const { id, uses, into } of duplicates) {
    await addUses(trx, into, uses);
    const released = { state: "released", uses: 0, changed_at: now } as const;
    await trx.updateTable("blob").set(released).where("id", "=", id).execute();
  }
  return duplicates;
}

async function addBytesOf(trx: Trx, from: number, to: number): Promise<void> {
  const bytes = trx
    .selectFrom("blob")
    .select(sql<number>`cast(coalesce(sum(size), 0) as bigint)`.as("bytes"))
    .where("owner_id", "=", from)
    .where("state", "=", "used");
  await trx
    .updateTable("blob_usage")
    .set((usage) => ({ bytes: usage("bytes", "+", bytes) }))
    .where("owner_id", "=", to)
    .execute();
}

async function removeOwnership(trx: Trx, ownerId: number, newOwner: number): Promise<void> {
  await trx
    .updateTable("blob")
    .set({ owner_id: newOwner })
    .where("owner_id", "=", ownerId)
    .execute();
  await trx.updateTable("blob_usage").set({ bytes: 0 }).where("owner_id", "=", ownerId).execute();
}

function sharedMeanwhile(): Problem {
  return new Problem("busy", text.sharedMeanwhile, { retryAfterSeconds: 1 });
}
