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
  type UsedBlob,
} from "./blob.ts";
import {
  addUses,
  changeState,
  countUsed,
  findKnownPaths,
  findUsed,
  releaseAbandoned,
  sumUsed,
} from "./blob-rows.ts";
import { cleanFileName, extensionOf } from "./file-name.ts";
import { type FileInPlace, forgetLeft, type KnownBytes, useInPlace } from "./in-place.ts";
import { HEAD_BYTES, mediaTypeOf } from "./media/media-type.ts";
import { charge, credit, holdUsage, readUsage, setQuota, type Usage } from "./quota.ts";
import { takeIn } from "./receive.ts";
import { text } from "./text.en.ts";
import { UploadRoom } from "./upload-room.ts";
import { sumReceived } from "./uploads/upload-rows.ts";

/** Owner of bytes. */
export interface BlobOwner {
  readonly id: number;
  readonly username: string;
}

/** A file as it was sent, with its bytes and its name. */
export interface IncomingFile {
  readonly name: string;
  readonly bytes: AsyncIterable<Uint8Array>;
  /** How many of its first bytes are wanted in memory, if more than its media type needs. */
  readonly headBytes?: number;
}

/** A received and measured file. Disposed of before it is reserved, it leaves nothing behind. */
export interface ReceivedFile extends StoredBytes, AsyncDisposable {
  readonly owner: BlobOwner;
  /** Cleaned, for display. */
  readonly name: string;
  /** Media type. */
  readonly type: string;
  /** The first bytes: HEAD_BYTES, or as many as were wanted. */
  readonly head: Uint8Array;
  readonly draft: Draft;
  /** Of the bytes as they were sent, where metadata were removed. */
  readonly originalSha256?: string;
}

/** Durable bytes with a path that no link uses yet. */
export interface ReservedBlob extends StoredBytes {
  readonly id: number;
  readonly path: BlobPath;
  readonly ownerId: number;
  /** As of the received file. */
  readonly originalSha256: string | undefined;
}

export interface BlobsParts {
  readonly database: Database;
  readonly store: BlobStore;
  readonly clock: Clock;
  readonly random: Random;
  /** Whether bytes must not be deleted now, because a backup copies them; absent: never. */
  readonly isHeld?: () => boolean | Promise<boolean>;
  /** Quota in bytes of owners that have none of their own; 0 = unlimited. */
  readonly defaultQuota: () => number;
  /** Bytes that uploads leave free on the disk; default: none. */
  readonly diskFloor?: () => number;
}

/** Milliseconds after which a reservation counts as abandoned by a crashed process. */
const RESERVED_MS = 3_600_000;

/** Files whose rows are looked for at once. */
const STRAYS_A_QUERY = 500;

/** Milliseconds for which released bytes are kept, for requests that still read them. */
const RELEASED_MS = 60_000;

/**
 * Stored bytes and their rows: `receive` a file, `reserve` it, `use` it in the transaction that creates the link, and
 * `release` it in the one that deletes the link. Only `sweep` deletes bytes.
 */
export class Blobs {
  readonly #database: Database;
  readonly #store: BlobStore;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #defaultQuota: () => number;
  readonly #diskFloor: () => number;
  readonly #isHeld: () => boolean | Promise<boolean>;
  #damaged = 0;

  constructor(parts: BlobsParts) {
    const { database, store, clock, random, defaultQuota } = parts;
    const { isHeld = () => false, diskFloor = () => 0 } = parts;
    this.#database = database;
    this.#store = store;
    this.#clock = clock;
    this.#random = random;
    this.#defaultQuota = defaultQuota;
    this.#isHeld = isHeld;
    this.#diskFloor = diskFloor;
  }

  /** What an owner may still upload; `replaced` are the bytes that the new file replaces. */
  roomFor(owner: BlobOwner, replaced = 0): UploadRoom {
    return new UploadRoom({
      usage: () => this.usageOf(owner.id),
      underWay: async () =>
        (await this.#store.draftBytes(owner.username)) +
        (await sumReceived(this.#database.lookup, owner.id)),
      freeBytes: () => this.#store.freeBytes(),
      diskFloor: this.#diskFloor(),
      replaced,
    });
  }

  /**
   * Receives a file as fast as the disk writes it.
   * Without an UploadRoom, the quota is checked only when the file is used.
   * @throws Problem `too_large`, `over_quota`, `storage_full`, and what its bytes throw; then nothing is left
   */
  async receive(
    owner: BlobOwner,
    file: IncomingFile,
    maxBytes: number,
    room: UploadRoom | null = null,
  ): Promise<ReceivedFile> {
    const draft = await this.#store.draft(owner.username);
    try {
      const headBytes = Math.max(HEAD_BYTES, file.headBytes ?? 0);
      const measured = await takeIn(file.bytes, draft, { maxBytes, headBytes, room });
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
   * Inserts a row for the bytes, then makes them durable at its path: in this order, no bytes are ever without a row.
   * @throws Problem `forbidden` where the owner's account has been deleted, `busy`, `storage_full`
   */
  async reserve(file: ReceivedFile): Promise<ReservedBlob> {
    const { owner, name, size, sha256, draft, originalSha256 } = file;
    const path = makeBlobPath(owner.username, extensionOf(name), this.#random);
    const id = await this.#insert({ ownerId: owner.id, path, size, sha256 }).catch(explainDeleted);
    await draft.place(path);
    return { id, path, ownerId: owner.id, size, sha256, originalSha256 };
  }

  /**
   * Uses a reserved blob, or the owner's blob with the same bytes; returns the one in use. Locks the owner's usage to the
   * end of the transaction.
   * @throws Problem `over_quota`; `busy` where the reservation has expired
   */
  async use(trx: Trx, blob: ReservedBlob): Promise<UsedBlob> {
    await holdUsage(trx, blob.ownerId);
    const same = await findUsed(trx, blob);
    if (same !== undefined) {
      await addUses(trx, same.id, 1);
      await this.#changeState(trx, blob.id, "reserved", "released");
      return same;
    }
    await charge(trx, blob.ownerId, blob.size, this.#defaultQuota());
    const update = trx
      .updateTable("blob")
      .set({ state: "used", uses: 1, changed_at: this.#clock() })
      .where("id", "=", blob.id)
      .where("state", "=", "reserved");
    const { numUpdatedRows } = await update.executeTakeFirst();
    if (numUpdatedRows === 0n) throw reservationExpired();
    return blob;
  }

  /**
   * Uses a file of the operator in place, or notes that it changed. It counts for no quota and is never deleted. A blob
   * that already has its path is used as such.
   * @throws Problem `busy` where that blob is about to be deleted, or another owner's
   */
  async useInPlace(trx: Trx, file: FileInPlace): Promise<UsedBlob> {
    await holdUsage(trx, file.ownerId);
    const id = await useInPlace(trx, file);
    if (id === null) throw reservationExpired();
    return { id, path: file.path };
  }

  /** The path of bytes that an owner's links use. */
  async findSame(ownerId: number, { size, sha256 }: StoredBytes): Promise<BlobPath | null> {
    const same = await findUsed(this.#database.lookup, { ownerId, sha256 });
    return same !== undefined && (await this.#store.measure(same.path)) === size ? same.path : null;
  }

  /** Finds the row of the bytes at a path. */
  async findByPath(path: BlobPath): Promise<KnownBytes | null> {
    const row = await this.#database.read
      .selectFrom("blob")
      .select(["owner_id as ownerId", "size", "sha256", "state", "changed_at as changedAt"])
      .where("path", "=", path)
      .executeTakeFirst();
    return row ?? null;
  }

  /** Releases a reservation that is not needed. */
  async abandon({ id }: ReservedBlob): Promise<void> {
    await this.#database.write((trx) => this.#changeState(trx, id, "reserved", "released"));
  }

  /** Drops a reference. With the last one the quota is released, and the bytes are deleted soon after. */
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
    if (state === "in_place") return await this.#changeState(trx, blobId, "in_place", "left");
    await this.#changeState(trx, blobId, "used", "released");
    await credit(trx, ownerId, size);
  }

  /**
   * Opens the bytes for sending; nothing is read yet.
   * @throws Problem `internal` when they are missing or have another size
   */
  async open({ path, size }: { path: BlobPath; size: number }): Promise<Blob> {
    const found = await this.#store.measure(path);
    if (found === size) return this.#store.read(path);
    throw this.#damage(new Error(`${path} has ${found ?? "no"} bytes and should have ${size}`));
  }

  /**
   * Reads and verifies the bytes: for small files.
   * @throws Problem `internal` when they are damaged
   */
  async read(blob: StoredBytes & { path: BlobPath }): Promise<Uint8Array<ArrayBuffer>> {
    await this.open(blob);
    const bytes = await this.#store.bytes(blob.path);
    const sha256 = new Bun.CryptoHasher("sha256").update(bytes).digest("hex");
    if (sha256 === blob.sha256) return bytes;
    throw this.#damage(new Error(`${blob.path} has the SHA-256 ${sha256}, not ${blob.sha256}`));
  }

  #damage(cause: Error): Problem {
    this.#damaged++;
    return new Problem("internal", text.damaged, { cause });
  }

  /** Returns the bytes without verification; null where there are none. */
  async peek(path: BlobPath): Promise<Blob | null> {
    return (await this.#store.measure(path)) === null ? null : this.#store.read(path);
  }

  /** What health checks ask of the store. */
  get store(): Pick<BlobStore, "check" | "checkWritable" | "freeBytes"> {
    return this.#store;
  }

  /** Number of requests for missing or damaged bytes since the process started. */
  get damaged(): number {
    return this.#damaged;
  }

  /** Whether there are files under this user name, also of another owner. */
  async hasFilesOf(username: string): Promise<boolean> {
    return await this.#store.hasFilesOf(username);
  }

  async usageOf(ownerId: number): Promise<Usage> {
    return await readUsage(this.#database, ownerId, this.#defaultQuota());
  }

  /**
   * Sets an owner's quota in bytes; 0 = unlimited, null = the site's default.
   * @throws Problem `forbidden`
   */
  async setQuota(actor: Actor, ownerId: number, quota: number | null): Promise<void> {
    if (!may(actor, "user.set_quota")) {
      throw new Problem("forbidden", text.quotaForbidden);
    }
    await this.#database.write((trx) => setQuota(trx, ownerId, quota));
  }

  /** Deletes at most `limit` released or abandoned blobs; returns how many. */
  async sweep(limit: number): Promise<number> {
    // Before the look for backups: what is released by then is in none that begins after it.
    const now = this.#clock();
    if (await this.#isHeld()) return 0;
    // Else the rows would go, and the bytes stay on a share that is not mounted.
    await this.#store.check();
    await releaseAbandoned(this.#database, { before: now - RESERVED_MS, now });
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

  /** Deletes partial uploads of crashed processes; returns how many. */
  async sweepDrafts(): Promise<number> {
    return await this.#store.sweepDrafts();
  }

  /** Lists files that have no row: they are reported, never deleted. */
  async *findStrays(): AsyncGenerator<string> {
    for await (const paths of inBatches(this.#store.list(), STRAYS_A_QUERY)) {
      const known = await findKnownPaths(this.#database.scan, paths);
      for (const path of paths) if (!known.has(path) && (await this.#exists(path))) yield path;
    }
  }

  /** Counts stored files that links use. */
  async countUsed(): Promise<number> {
    return await countUsed(this.#database.read);
  }

  /** Sums the sizes of stored files that links use. */
  async bytesUsed(): Promise<number> {
    return await sumUsed(this.#database.scan);
  }

  /** A listed file may have been swept since, with its row. */
  async #exists(path: string): Promise<boolean> {
    return (await this.#store.measure(path as BlobPath)) !== null;
  }

  async #insert(blob: StoredBytes & { ownerId: number; path: BlobPath }): Promise<number> {
    const { ownerId, path, size, sha256 } = blob;
    return await this.#database.write(async (trx) => {
      const bytes = { owner_id: ownerId, path, size, sha256 };
      const row = { ...bytes, state: "reserved" as const, uses: 0, changed_at: this.#clock() };
      const insert = trx.insertInto("blob").values(row).returning("id");
      return (await insert.executeTakeFirstOrThrow()).id;
    });
  }

  /** Only from the state it was seen in: a reservation may be in use although using it failed. */
  async #changeState(trx: Trx, blobId: number, from: BlobState, to: BlobState): Promise<void> {
    await changeState(trx, blobId, { from, to, now: this.#clock() });
  }
}

function explainDeleted(error: unknown): never {
  if (!isMissingReference(error)) throw error;
  throw new Problem("forbidden", text.accountDeleted);
}

function reservationExpired(): Problem {
  return new Problem("busy", text.reservationExpired, { retryAfterSeconds: 1 });
}

async function* inBatches<Item>(items: AsyncIterable<Item>, size: number): AsyncGenerator<Item[]> {
  let batch: Item[] = [];
  for await (const item of items) {
    batch.push(item);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
