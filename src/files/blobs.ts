import type { Clock, Random } from "../clock.ts";
import type { Database, Trx } from "../database/database.ts";
import { isMissingReference } from "../database/database-errors.ts";
import { type Actor, may } from "../policy.ts";
import { Problem } from "../problem.ts";
import {
  type BlobPath,
  type BlobState,
  type BlobStore,
  type Draft,
  makeBlobPath,
  type StoredBytes,
} from "./blob.ts";
import { cleanFileName, extensionOf } from "./file-name.ts";
import { type FileInPlace, forgetLeft, type KnownBytes, useInPlace } from "./in-place.ts";
import { HEAD_BYTES, mediaTypeOf } from "./media/media-type.ts";
import { charge, credit, holdUsage, readUsage, setQuota, type Usage } from "./quota.ts";
import { takeIn } from "./receive.ts";

/** Whose bytes they are. */
export interface BlobOwner {
  readonly id: number;
  readonly username: string;
}

/** A file as it came: its bytes, and what somebody called it. */
export interface IncomingFile {
  readonly name: string;
  readonly bytes: AsyncIterable<Uint8Array>;
  /** How many of its first bytes are wanted in memory, if more than its media type needs. */
  readonly headBytes?: number;
}

/** A file that was taken in and measured. Disposed of before it is kept, it leaves nothing behind. */
export interface ReceivedFile extends StoredBytes, AsyncDisposable {
  readonly owner: BlobOwner;
  /** Clean, for people. */
  readonly name: string;
  /** What browsers are told it is. */
  readonly type: string;
  /** The first bytes: HEAD_BYTES, or as many as were wanted. */
  readonly head: Uint8Array;
  readonly draft: Draft;
}

/** Bytes that are durable and known by name, and in no link yet. */
export interface ReservedBlob extends StoredBytes {
  readonly id: number;
  readonly path: BlobPath;
  readonly ownerId: number;
}

/** Bytes that some link has. */
export type UsedBlob = Pick<ReservedBlob, "id" | "path">;

export interface BlobsParts {
  readonly database: Database;
  readonly store: BlobStore;
  readonly clock: Clock;
  readonly random: Random;
  /** Whether bytes may not be removed now, since somebody copies them all; absent: never. */
  readonly isHeld?: () => boolean;
  /** How many bytes an owner without a quota of their own may use; 0: any number. */
  readonly defaultQuota: () => number;
}

/** After so long, what was reserved is held to be of a process that died. */
const RESERVED_MS = 3_600_000;

/** So long released bytes stay, for those who learned of them just before. */
const RELEASED_MS = 60_000;

/**
 * Stored bytes and what is known of them. On the way in: `receive`, then `reserve`, then `use` in the
 * transaction that makes a link of them; `release` in the one that ends it. `sweep` alone removes bytes.
 */
export class Blobs {
  readonly #database: Database;
  readonly #store: BlobStore;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #defaultQuota: () => number;
  readonly #isHeld: () => boolean;
  #damaged = 0;

  constructor(parts: BlobsParts) {
    const { database, store, clock, random, defaultQuota, isHeld = () => false } = parts;
    this.#database = database;
    this.#store = store;
    this.#clock = clock;
    this.#random = random;
    this.#defaultQuota = defaultQuota;
    this.#isHeld = isHeld;
  }

  /**
   * Takes a file in, as fast as the disk does.
   * @throws Problem `too_large`, `storage_full`, and whatever its bytes throw; nothing is left then
   */
  async receive(owner: BlobOwner, file: IncomingFile, maxBytes: number): Promise<ReceivedFile> {
    const draft = await this.#store.draft(owner.username);
    try {
      const headBytes = Math.max(HEAD_BYTES, file.headBytes ?? 0);
      const measured = await takeIn(file.bytes, draft, { maxBytes, headBytes });
      const name = cleanFileName(file.name);
      const { type } = mediaTypeOf(name, measured.head.subarray(0, HEAD_BYTES));
      const dispose = () => draft[Symbol.asyncDispose]();
      return { ...measured, owner, name, type, draft, [Symbol.asyncDispose]: dispose };
    } catch (error) {
      await draft[Symbol.asyncDispose]();
      throw error;
    }
  }

  /**
   * Names the bytes, and makes them durable under that name: in this order, so that none are ever unknown.
   * @throws Problem `forbidden` where the owner's account is gone by now, `busy`, `storage_full`
   */
  async reserve({ owner, name, size, sha256, draft }: ReceivedFile): Promise<ReservedBlob> {
    const path = makeBlobPath(owner.username, extensionOf(name), this.#random);
    const id = await this.#insert({ ownerId: owner.id, path, size, sha256 }).catch(explainGone);
    await draft.place(path);
    return { id, path, ownerId: owner.id, size, sha256 };
  }

  /**
   * Puts a reserved blob into use, or the same bytes where the owner has them already; gives the one in use.
   * The owner's usage is locked from here to the end of the transaction.
   * @throws Problem `over_quota`; `busy` where the reservation has run out
   */
  async use(trx: Trx, blob: ReservedBlob): Promise<UsedBlob> {
    await holdUsage(trx, blob.ownerId);
    const twin = await findUsed(trx, blob);
    if (twin !== undefined) return await this.#useTwin(trx, blob, twin);
    await charge(trx, blob.ownerId, blob.size, this.#defaultQuota());
    const update = trx
      .updateTable("blob")
      .set({ state: "used", uses: 1, changed_at: this.#clock() })
      .where("id", "=", blob.id)
      .where("state", "=", "reserved");
    const { numUpdatedRows } = await update.executeTakeFirst();
    if (numUpdatedRows === 0n) throw ranOut();
    return blob;
  }

  /**
   * Puts a file of the operator's into use where it lies, or takes note that it changed. It counts for no quota, and is
   * never removed. What has its path as bytes of ours already is used as such.
   * @throws Problem `busy` where those are about to be removed, or another's
   */
  async useInPlace(trx: Trx, file: FileInPlace): Promise<UsedBlob> {
    await holdUsage(trx, file.ownerId);
    const id = await useInPlace(trx, file);
    if (id === null) throw ranOut();
    return { id, path: file.path };
  }

  /** What is known of the bytes at a path; null: nothing. */
  async findByPath(path: BlobPath): Promise<KnownBytes | null> {
    const row = await this.#database.read
      .selectFrom("blob")
      .select(["owner_id as ownerId", "size", "sha256", "state", "changed_at as changedAt"])
      .where("path", "=", path)
      .executeTakeFirst();
    return row ?? null;
  }

  /** What was reserved is not wanted after all. */
  async abandon({ id }: ReservedBlob): Promise<void> {
    await this.#database.write((trx) => this.#markReleased(trx, id, "reserved"));
  }

  /** One link less has this blob. With the last one its room is free, and its bytes go soon after. */
  async release(trx: Trx, blobId: number): Promise<void> {
    const { owner_id: ownerId } = await trx
      .selectFrom("blob")
      .select("owner_id")
      .where("id", "=", blobId)
      .executeTakeFirstOrThrow();
    await holdUsage(trx, ownerId);
    const { uses, size, state } = await trx
      .updateTable("blob")
      .set((blob) => ({ uses: blob("uses", "-", 1) }))
      .where("id", "=", blobId)
      .where("state", "in", ["used", "in_place"])
      .returning(["uses", "size", "state"])
      .executeTakeFirstOrThrow();
    if (uses > 0) return;
    if (state === "in_place") return await this.#mark(trx, blobId, "in_place", "left");
    await this.#markReleased(trx, blobId, "used");
    await credit(trx, ownerId, size);
  }

  /**
   * The bytes, to be sent; nothing is read yet.
   * @throws Problem `internal` when they are missing or not as many as were stored
   */
  async open({ path, size }: { path: BlobPath; size: number }): Promise<Blob> {
    const found = await this.#store.measure(path);
    if (found === size) return this.#store.read(path);
    throw this.#damage(`${path} should have ${size} bytes and has ${found ?? "gone"}.`);
  }

  /**
   * The bytes themselves, found to be what was stored: for few of them.
   * @throws Problem `internal` when they are not
   */
  async read(blob: StoredBytes & { path: BlobPath }): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = await (await this.open(blob)).bytes();
    const sha256 = new Bun.CryptoHasher("sha256").update(bytes).digest("hex");
    if (sha256 === blob.sha256) return bytes;
    throw this.#damage(`${blob.path} should have the SHA-256 ${blob.sha256} and has ${sha256}.`);
  }

  #damage(what: string): Problem {
    this.#damaged++;
    const cause = new Error(what);
    return new Problem("internal", "This file is damaged on our side.", { cause });
  }

  /** The bytes as they lie there, whole or not; null where there are none. */
  async peek(path: BlobPath): Promise<Blob | null> {
    return (await this.#store.measure(path)) === null ? null : this.#store.read(path);
  }

  /**
   * Writes a byte among the files of `owner` and removes it, to show that the store takes one.
   * @throws Problem `storage_full`
   */
  async prove(owner: string): Promise<void> {
    await using draft = await this.#store.draft(owner);
    await draft.write(new Uint8Array(1));
  }

  /** How often bytes were missing or not what was stored when they were asked for, since this process began. */
  get damaged(): number {
    return this.#damaged;
  }

  /** Whether files are kept under this user name, whoever has them. */
  async hasFilesOf(username: string): Promise<boolean> {
    return await this.#store.hasFilesOf(username);
  }

  async usageOf(ownerId: number): Promise<Usage> {
    return await readUsage(this.#database, ownerId, this.#defaultQuota());
  }

  /**
   * Gives an owner a quota of their own in bytes, 0 for any number, or null for what the settings say.
   * @throws Problem `forbidden`
   */
  async setQuota(actor: Actor, ownerId: number, quota: number | null): Promise<void> {
    if (!may(actor, "user.set_quota")) {
      throw new Problem("forbidden", "Only an administrator can give people room.");
    }
    await this.#database.write((trx) => setQuota(trx, ownerId, quota));
  }

  /** Removes bytes that were released, or reserved by a process that died, at most `limit`; tells how many. */
  async sweep(limit: number): Promise<number> {
    if (this.#isHeld()) return 0;
    const now = this.#clock();
    await this.#releaseForgotten(now - RESERVED_MS);
    await forgetLeft(this.#database, now - RELEASED_MS);
    const rows = await this.#database.read
      .selectFrom("blob")
      .select(["id", "path"])
      .where("state", "=", "released")
      .where("changed_at", "<=", now - RELEASED_MS)
      .limit(limit)
      .execute();
    if (rows.length === 0) return 0;
    for (const { path } of rows) await this.#store.remove(path);
    const ids = rows.map(({ id }) => id);
    await this.#database.write((trx) => trx.deleteFrom("blob").where("id", "in", ids).execute());
    return rows.length;
  }

  /** Removes what processes that died have left half received; tells how many files. */
  async sweepDrafts(): Promise<number> {
    return await this.#store.sweepDrafts();
  }

  /** Files among the stored bytes that no record names: to be told of, never to be removed. */
  async *findStrays(): AsyncGenerator<string> {
    for await (const path of this.#store.list()) {
      if (!(await this.#isKnown(path)) && (await this.#isThere(path))) yield path;
    }
  }

  async #isKnown(path: string): Promise<boolean> {
    const query = this.#database.read.selectFrom("blob").select("id");
    return (await query.where("path", "=", path as BlobPath).executeTakeFirst()) !== undefined;
  }

  /** What was listed may have been swept since, its record with it. */
  async #isThere(path: string): Promise<boolean> {
    return (await this.#store.measure(path as BlobPath)) !== null;
  }

  async #insert(blob: StoredBytes & { ownerId: number; path: BlobPath }): Promise<number> {
    const { ownerId, path, size, sha256 } = blob;
    return await this.#database.write(async (trx) => {
      const row = {
        owner_id: ownerId,
        path,
        size,
        sha256,
        state: "reserved" as const,
        uses: 0,
        changed_at: this.#clock(),
      };
      const insert = trx.insertInto("blob").values(row).returning("id");
      return (await insert.executeTakeFirstOrThrow()).id;
    });
  }

  async #useTwin(trx: Trx, blob: ReservedBlob, twin: UsedBlob): Promise<UsedBlob> {
    await trx
      .updateTable("blob")
      .set((row) => ({ uses: row("uses", "+", 1) }))
      .where("id", "=", twin.id)
      .execute();
    await this.#markReleased(trx, blob.id, "reserved");
    return twin;
  }

  /** Only from the state it was seen in: a reservation whose use failed may be in use nevertheless. */
  async #markReleased(trx: Trx, blobId: number, from: BlobState): Promise<void> {
    await this.#mark(trx, blobId, from, "released");
  }

  async #mark(trx: Trx, blobId: number, from: BlobState, to: BlobState): Promise<void> {
    await trx
      .updateTable("blob")
      .set({ state: to, changed_at: this.#clock() })
      .where("id", "=", blobId)
      .where("state", "=", from)
      .execute();
  }

  /** Only what is still reserved: whoever uses one at this moment finds it released, or keeps it. */
  async #releaseForgotten(before: number): Promise<void> {
    const forgotten = await this.#database.read
      .selectFrom("blob")
      .select("id")
      .where("state", "=", "reserved")
      .where("changed_at", "<=", before)
      .limit(1)
      .executeTakeFirst();
    if (forgotten === undefined) return;
    await this.#database.write((trx) =>
      trx
        .updateTable("blob")
        .set({ state: "released", changed_at: this.#clock() })
        .where("state", "=", "reserved")
        .where("changed_at", "<=", before)
        .execute(),
    );
  }
}

async function findUsed(
  trx: Trx,
  { ownerId, sha256 }: ReservedBlob,
): Promise<UsedBlob | undefined> {
  return await trx
    .selectFrom("blob")
    .select(["id", "path"])
    .where("owner_id", "=", ownerId)
    .where("sha256", "=", sha256)
    .where("state", "=", "used")
    .executeTakeFirst();
}

function explainGone(error: unknown): never {
  if (!isMissingReference(error)) throw error;
  throw new Problem("forbidden", "This account is gone: nothing can be saved for it any more.");
}

function ranOut(): Problem {
  return new Problem("busy", "Saving the file took too long. Send it again.", {
    retryAfterSeconds: 1,
  });
}
