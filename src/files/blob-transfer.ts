import { sql } from "kysely";
import type { Clock } from "../clock.ts";
import type { Trx } from "../database/database.ts";
import { Problem } from "../problem.ts";
import type { BlobPath, BlobState, StoredBytes } from "./blob.ts";
import type { BlobOwner, Blobs, ReservedBlob, UsedBlob } from "./blobs.ts";
import { charge, credit, holdUsage, setQuota } from "./quota.ts";

/** A blob whose links have another of the same bytes now. */
export interface MergedBlob {
  readonly id: number;
  readonly into: number;
}

/** Some links' share of a blob on its way to another owner. */
export interface Share {
  /** How many of the blob's links go. */
  readonly count: number;
  readonly to: number;
  /** The same bytes reserved for the new owner, where the former keeps the blob. */
  readonly copy: ReservedBlob | null;
}

export interface BlobTransferParts {
  readonly blobs: Blobs;
  readonly clock: Clock;
  /** How many bytes an owner without a quota of their own may use; 0: any number. */
  readonly defaultQuota: () => number;
}

/** Bytes that change hands together with links. A blob keeps its path, whoever has it. */
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
   * Stored bytes once more, reserved for another owner.
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

  /** Gives an owner a quota of their own in bytes, 0 for any number, or null for what the settings say. */
  async setQuota(trx: Trx, ownerId: number, quota: number | null): Promise<void> {
    await setQuota(trx, ownerId, quota);
  }

  /** A copy was not needed after all. */
  async abandon(copy: ReservedBlob): Promise<void> {
    await this.#blobs.abandon(copy);
  }

  /**
   * Hands a share of a blob over, and gives what its links have then: the blob itself, or the same bytes of the new
   * owner's.
   * @throws Problem `over_quota`; `busy` where a copy is needed and there is none
   */
  async handOver(trx: Trx, blobId: number, share: Share): Promise<number> {
    const { count, to } = share;
    const { ownerId, sha256 } = await readBlob(trx, blobId);
    await holdUsages(trx, [ownerId, to]);
    const blob = await readBlob(trx, blobId);
    const twin = await findTwin(trx, to, sha256);
    if (twin === undefined && blob.uses === count) {
      await this.#move(trx, blob, to);
      return blobId;
    }
    const used = await this.#useOther(trx, twin, share.copy);
    await addUses(trx, used.id, count - 1);
    for (let left = count; left > 0; left--) await this.#blobs.release(trx, blobId);
    return used.id;
  }

  /**
   * Gives everything of one owner's to another, also past their quota; tells which blobs became one that the other
   * had. What is on its way into a link is given up.
   */
  async handAllOver(trx: Trx, from: number, to: number): Promise<MergedBlob[]> {
    await holdUsages(trx, [from, to]);
    const now = this.#clock();
    await setState(trx, from, { is: "reserved", becomes: "released", now });
    const merged = await mergeTwins(trx, { from, to, now });
    await addBytesOf(trx, from, to);
    await leaveNothing(trx, from, to);
    return merged;
  }

  /** No link of this owner's is left: all their bytes go, and until they are gone `heir` stands for them. */
  async releaseAll(trx: Trx, ownerId: number, heir: number): Promise<void> {
    await holdUsage(trx, ownerId);
    const now = this.#clock();
    await setState(trx, ownerId, { is: "reserved", becomes: "released", now });
    await setState(trx, ownerId, { is: "used", becomes: "released", now });
    await setState(trx, ownerId, { is: "in_place", becomes: "left", now });
    await leaveNothing(trx, ownerId, heir);
  }

  /** With a copy, what it becomes; else the bytes that the new owner has already. */
  async #useOther(
    trx: Trx,
    twin: UsedBlob | undefined,
    copy: ReservedBlob | null,
  ): Promise<Pick<UsedBlob, "id">> {
    if (copy !== null) return await this.#blobs.use(trx, copy);
    if (twin === undefined) throw sharedMeanwhile();
    await addUses(trx, twin.id, 1);
    return twin;
  }

  /** What the operator keeps in place counts for nobody. */
  async #move(trx: Trx, { id, ownerId, size, state }: StoredBlob, to: number): Promise<void> {
    await trx.updateTable("blob").set({ owner_id: to }).where("id", "=", id).execute();
    if (state !== "used") return;
    await charge(trx, to, size, this.#defaultQuota());
    await credit(trx, ownerId, size);
  }
}

/** A blob as its row has it. */
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

async function findTwin(trx: Trx, ownerId: number, sha256: string): Promise<UsedBlob | undefined> {
  return await trx
    .selectFrom("blob")
    .select(["id", "path"])
    .where("owner_id", "=", ownerId)
    .where("sha256", "=", sha256)
    .where("state", "=", "used")
    .executeTakeFirst();
}

/** Locks the usage of two owners, in one order everywhere, so that no two wait for each other. */
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

async function mergeTwins(
  trx: Trx,
  { from, to, now }: { from: number; to: number; now: number },
): Promise<MergedBlob[]> {
  const twins = await trx
    .selectFrom("blob")
    .innerJoin("blob as twin", "twin.sha256", "blob.sha256")
    .select(["blob.id", "blob.uses", "twin.id as into"])
    .where("blob.owner_id", "=", from)
    .where("blob.state", "=", "used")
    .where("twin.owner_id", "=", to)
    .where("twin.state", "=", "used")
    .execute();
  for (const { id, uses, into } of twins) {
    await addUses(trx, into, uses);
    const released = { state: "released", uses: 0, changed_at: now } as const;
    await trx.updateTable("blob").set(released).where("id", "=", id).execute();
  }
  return twins;
}

/** So many links more have this blob. */
async function addUses(trx: Trx, blobId: number, count: number): Promise<void> {
  await trx
    .updateTable("blob")
    .set((blob) => ({ uses: blob("uses", "+", count) }))
    .where("id", "=", blobId)
    .execute();
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

async function leaveNothing(trx: Trx, ownerId: number, heir: number): Promise<void> {
  await trx.updateTable("blob").set({ owner_id: heir }).where("owner_id", "=", ownerId).execute();
  await trx.updateTable("blob_usage").set({ bytes: 0 }).where("owner_id", "=", ownerId).execute();
}

function sharedMeanwhile(): Problem {
  const message = "Another link with the same file was made meanwhile. Try again.";
  return new Problem("busy", message, { retryAfterSeconds: 1 });
}
