import type { Clock, Random } from "../../clock.ts";
import type { Database } from "../../database/database.ts";
import { type Actor, may } from "../../policy.ts";
import { Problem } from "../../problem.ts";
import type { BlobStore } from "../blob.ts";
import type { BlobOwner, Blobs } from "../blobs.ts";
import { fileTooLarge } from "../receive.ts";
import { text } from "../text.en.ts";
import { Hashes } from "./hashes.ts";
import { isJoined, joinedIdOf, joinUploads, missingPart } from "./join-uploads.ts";
import { type Checksum, Portion } from "./receive-portion.ts";
import { sweepUploads } from "./sweep-uploads.ts";
import { type TakenUpload, takeUpload } from "./taken-upload.ts";
import { isComplete, noSuchUpload, type Upload } from "./upload.ts";
import { UploadFiles } from "./upload-files.ts";
import { type UploadHold, UploadLocks } from "./upload-locks.ts";
import { countOpen, deleteUpload, findUpload, insertUpload, listUploads } from "./upload-rows.ts";

export interface UploadsParts {
  readonly database: Database;
  readonly blobs: Blobs;
  readonly store: Pick<BlobStore, "check">;
  /** Folder of stored files. */
  readonly folder: string;
  /** Of locked files. */
  readonly lockFolder: string;
  readonly node: string;
  readonly clock: Clock;
  readonly random: Random;
  /** Milliseconds after which an upload that does not go on is deleted. */
  readonly keptMs: () => number;
}

export type NewUpload = Pick<Upload, "length" | "metadata" | "purpose"> & {
  /** SHA-256 of the file, where the client knows it: if the owner has its bytes already, none need to be sent. */
  readonly sha256?: string;
};

/** What one request adds to an upload. */
export interface Addition {
  readonly offset: number;
  readonly bytes: AsyncIterable<Uint8Array>;
  /** Of the upload, where it was not known before. */
  readonly length: number | null;
  /** How many bytes the request says that it has. */
  readonly size: number | null;
  readonly checksum: Checksum | null;
}

/** Uploads of an owner at a time that are no link's yet: those that are incomplete, and all. */
export const MOST_UPLOADS = { unfinished: 1000, all: 20_000 } as const;

/** Uploads of a list: each has up to 8 KB of metadata. */
const MOST_LISTED = 1000;

/**
 * Files that are sent in portions. What is acknowledged is durable, whichever process received it, and another one goes
 * on with it. One that is complete is taken by the request that creates its link.
 */
export class Uploads {
  readonly #parts: UploadsParts;
  readonly #files: UploadFiles;
  readonly #locks: UploadLocks;
  readonly #hashes = new Hashes();

  constructor(parts: UploadsParts) {
    this.#parts = parts;
    this.#files = new UploadFiles(parts.folder, parts.store);
    this.#locks = new UploadLocks({ ...parts, folder: parts.lockFolder });
  }

  /**
   * @throws Problem `forbidden`, also for one upload too many; `too_large`, `over_quota`, `storage_full`
   */
  async create(
    actor: Actor,
    owner: BlobOwner,
    { length, metadata, purpose, sha256 = "" }: NewUpload,
    maxBytes: number,
  ): Promise<Upload> {
    const { blobs, random } = this.#parts;
    if (!may(actor, "link.create_with_content", { ownerId: owner.id })) throw noSuchUpload();
    if (length !== null && length > maxBytes) throw fileTooLarge(maxBytes);
    const same = length === null ? null : await blobs.findSame(owner.id, { size: length, sha256 });
    const room = blobs.roomFor(owner);
    if (same === null && (await room.left()) < (length ?? 0)) throw room.refusal;
    const id = Buffer.from(random(18)).toString("base64url");
    const hasBytes = same !== null && (await this.#files.repeat(same, id));
    const found = hasBytes ? { received: length ?? 0, sha256 } : { received: 0, sha256: "" };
    return await this.#insert(owner, { id, length, metadata, purpose, ...found });
  }

  /** The complete upload that these were joined into; null where they were not. */
  async findJoined(actor: Actor, ids: readonly string[]): Promise<Upload | null> {
    const upload = await findUpload(this.#parts.database.lookup, joinedIdOf(ids));
    return upload !== null && isOwn(actor, upload) && upload.sha256 !== "" ? upload : null;
  }

  /**
   * Creates an upload of the bytes of complete partial ones, in this order; they are deleted. Asked for
   * again, it goes on.
   * @throws Problem `bad_request` for one that is missing, incomplete or of another purpose; as `create`; `locked`
   */
  async join(
    actor: Actor,
    owner: BlobOwner,
    given: Pick<Upload, "metadata" | "purpose"> & { readonly ids: readonly string[] },
    maxBytes: number,
  ): Promise<Upload> {
    const { ids, metadata, purpose } = given;
    const id = joinedIdOf(ids);
    const { database, blobs } = this.#parts;
    const parts = await Promise.all(ids.map((each) => this.#findPart(actor, each)));
    const length = parts.reduce((sum, { received }) => sum + received, 0);
    if (length > maxBytes) throw fileTooLarge(maxBytes);
    // They are released when it is complete.
    const room = blobs.roomFor(owner, length);
    if ((await room.left()) < length) throw room.refusal;
    const begun = { id, length, metadata, purpose, received: 0, sha256: "" };
    await this.#insert(owner, begun);
    // A request that waits does not end the one that copies.
    await using hold = await this.#hold(actor, id);
    const upload = await this.find(actor, id);
    if (upload.sha256 !== "") return upload;
    return await joinUploads({ database, files: this.#files, hold }, upload, parts);
  }

  /**
   * An upload of the actor's.
   * @throws Problem `not_found`
   */
  async find(actor: Actor, id: string): Promise<Upload> {
    const upload = await findUpload(this.#parts.database.lookup, id);
    if (upload === null || !isOwn(actor, upload)) throw noSuchUpload();
    return upload;
  }

  /** The uploads of an owner of which no link was created, newest first. */
  async list(
    actor: Actor,
    which: { readonly ownerId: number; readonly metadata?: string | undefined },
    limit: number = MOST_LISTED,
  ): Promise<Upload[]> {
    if (!may(actor, "link.create_with_content", which)) throw noSuchUpload();
    return await listUploads(this.#parts.database.read, which, limit);
  }

  /**
   * How far an upload has got. A request that sends it is ended, since its client asks on another connection.
   * @throws Problem `not_found`, also where its bytes are gone; `locked`
   */
  async settle(actor: Actor, id: string): Promise<Upload> {
    await using _hold = await this.#hold(actor, id);
    return await this.#requireBytes(await this.find(actor, id));
  }

  /**
   * Adds the bytes of a request.
   * @throws Problem `not_found`, `locked`, `conflict` for another offset, `too_large` beyond its length,
   *   `bad_request` for another length, and what `Portion.receive` throws: then what had arrived is kept
   */
  async add(actor: Actor, id: string, given: Addition, maxBytes: number): Promise<Upload> {
    await using hold = await this.#hold(actor, id);
    const upload = await this.#requireBytes(await this.find(actor, id));
    requireOpen(upload);
    const { received } = upload;
    if (given.offset !== received)
      throw new Problem("conflict", text.upload.wrongOffset(received), {
        current: { offset: received },
      });
    const length = lengthWith(upload, given.length, maxBytes);
    const end = length ?? maxBytes;
    const beyond = () =>
      length === null ? fileTooLarge(maxBytes) : new Problem("too_large", text.upload.beyondLength);
    if (given.size !== null && received + given.size > end) throw beyond();
    return await this.#receive(hold, { ...upload, length }, given, { end, beyond });
  }

  /**
   * Takes a complete upload: its bytes are those of a link as soon as `markUsed` is called.
   * @param headBytes how many of its first bytes are wanted in memory, if more than its media type needs
   * @throws Problem `not_found`, `locked`, `conflict` for one that is not complete or has been used
   */
  async take(actor: Actor, id: string, headBytes = 0): Promise<TakenUpload> {
    const hold = await this.#hold(actor, id);
    try {
      const upload = await this.#requireBytes(await this.find(actor, id));
      if (upload.state === "used") throw new Problem("conflict", text.upload.used);
      if (!isComplete(upload)) throw new Problem("conflict", text.upload.unfinished);
      const { database } = this.#parts;
      const parts = { database, files: this.#files, hashes: this.#hashes, hold };
      return await takeUpload(parts, upload, headBytes);
    } catch (thrown) {
      await hold[Symbol.asyncDispose]();
      throw thrown;
    }
  }

  /**
   * Deletes an upload.
   * @throws Problem `not_found`, `locked`
   */
  async remove(actor: Actor, id: string): Promise<void> {
    await using hold = await this.#hold(actor, id);
    await this.#delete(id);
    hold.noteReleased();
  }

  /** Deletes what has expired, what is left of accounts that are gone. */
  async sweep(limit: number): Promise<number> {
    const { database, clock } = this.#parts;
    const parts = { database, clock, files: this.#files, locks: this.#locks };
    return await sweepUploads(parts, limit);
  }

  /** @throws Problem `not_found`, `locked` */
  async #hold(actor: Actor, id: string): Promise<UploadHold> {
    if (actor.is !== "user") throw noSuchUpload();
    return await this.#locks.hold(id, actor.userId);
  }

  /** @throws Problem `bad_request` */
  async #findPart(actor: Actor, id: string): Promise<Upload> {
    const part = await findUpload(this.#parts.database.lookup, id);
    const isPart = part?.purpose === "partial" && isComplete(part) && isOwn(actor, part);
    if (!isPart) throw missingPart();
    return await this.#requireBytes(part).catch(() => Promise.reject(missingPart()));
  }

  /** @throws Problem `forbidden` for one too many */
  async #insert(
    { id: ownerId, username: owner }: BlobOwner,
    given: Omit<Upload, "ownerId" | "owner" | "state" | "shortCode" | "createdAt" | "expiresAt">,
  ): Promise<Upload> {
    const { database, clock, keptMs } = this.#parts;
    const times = { createdAt: clock(), expiresAt: clock() + keptMs() };
    const upload: Upload = { ...given, ...times, ownerId, owner, state: "open", shortCode: null };
    await database.write(async (trx) => {
      const { unfinished, all } = await countOpen(trx, ownerId);
      if (unfinished >= MOST_UPLOADS.unfinished)
        throw new Problem("forbidden", text.upload.tooMany(String(MOST_UPLOADS.unfinished)));
      if (all >= MOST_UPLOADS.all)
        throw new Problem("forbidden", text.upload.tooManyHeld(String(MOST_UPLOADS.all)));
      await insertUpload(trx, upload);
    });
    return upload;
  }

  async #receive(
    hold: UploadHold,
    { id, ownerId, owner, length, received: offset, ...upload }: Upload,
    { bytes, checksum }: Addition,
    limits: { readonly end: number; readonly beyond: () => Problem },
  ): Promise<Upload> {
    const room = this.#parts.blobs.roomFor({ id: ownerId, username: owner });
    const file = await this.#files.open(id);
    const hasher = this.#hashes.beginAt(id, offset);
    const save = (received: number) => this.#save(hold, id, { received, length }, false);
    const { signal } = hold;
    const portion = new Portion({
      ...{ file, bytes, offset, checksum, room, hasher, signal, save },
      ...limits,
    });
    try {
      await portion.receive();
      if (offset === 0) await this.#files.syncNames();
      if (portion.position === length) await file.truncate(length);
    } finally {
      await file.close();
      if (hasher !== null && portion.position > offset)
        this.#hashes.keep(id, hasher, portion.position);
      await this.#save(hold, id, { received: portion.position, length }, true);
      hold.noteReleased();
    }
    const expiresAt = this.#parts.clock() + this.#parts.keptMs();
    return { ...upload, id, ownerId, owner, length, received: portion.position, expiresAt };
  }

  /** @throws Problem `locked` where the upload is another request's by now */
  async #save(
    { holder }: UploadHold,
    id: string,
    { received, length }: Pick<Upload, "received" | "length">,
    isLast: boolean,
  ): Promise<void> {
    const { database, clock, keptMs } = this.#parts;
    const expires = { expires_at: clock() + keptMs() };
    const update = database.lookup
      .updateTable("upload")
      .set({ received, length, ...expires, ...(isLast && { holder: "" }) })
      .where("id", "=", id)
      .where("holder", "=", holder)
      .compile();
    const isSaved = (await database.writeTogether([update], [])) !== null;
    if (!isSaved) throw new Problem("locked", text.upload.takenOver);
  }

  /** Forgets an upload whose bytes are not there, as on a site that was restored from a backup. */
  async #requireBytes(upload: Upload): Promise<Upload> {
    const { id, state, received } = upload;
    if (state === "used" || received === 0) return upload;
    const found = await this.#files.measure(id);
    if (found !== null && found >= received) return upload;
    await this.#delete(id);
    throw noSuchUpload();
  }

  /** The row first: a file without a row is swept. */
  async #delete(id: string): Promise<void> {
    await this.#parts.database.write((trx) => deleteUpload(trx, id));
    await this.#files.remove(id);
    this.#hashes.forget(id);
  }
}

function isOwn(actor: Actor, { ownerId }: Upload): boolean {
  return actor.is === "user" && actor.userId === ownerId;
}

function requireOpen(upload: Upload): void {
  if (isJoined(upload)) throw new Problem("forbidden", text.upload.joined);
  if (upload.state === "used") throw new Problem("conflict", text.upload.used);
}

/**
 * The length of an upload with that of a request.
 * @throws Problem `bad_request` for another one than before, `too_large`
 */
function lengthWith(upload: Upload, given: number | null, maxBytes: number): number | null {
  if (given === null || given === upload.length) return upload.length;
  if (upload.length !== null) throw new Problem("bad_request", text.upload.lengthKnown);
  if (given < upload.received) throw new Problem("bad_request", text.upload.lengthTooSmall);
  if (given > maxBytes) throw fileTooLarge(maxBytes);
  return given;
}
