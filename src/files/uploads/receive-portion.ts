import type { FileHandle } from "node:fs/promises";
import { Problem } from "../../problem.ts";
import { explained } from "../store/folder-faults.ts";
import { text } from "../text.en.ts";
import type { UploadRoom } from "../upload-room.ts";

/** A checksum of the bytes of one request. */
export interface Checksum {
  readonly algorithm: "sha1" | "sha256";
  readonly digest: Uint8Array;
}

export interface PortionParts {
  readonly file: FileHandle;
  readonly bytes: AsyncIterable<Uint8Array>;
  readonly offset: number;
  /** Where the upload ends at the latest, and why there. */
  readonly end: number;
  readonly beyond: () => Problem;
  readonly checksum: Checksum | null;
  readonly room: Pick<UploadRoom, "grant">;
  /** Null: not hashed. */
  readonly hasher: Bun.CryptoHasher | null;
  /** Aborted when another request goes on with the upload. */
  readonly signal: AbortSignal;
  /** Notes that so many bytes are durable. */
  save(received: number): Promise<void>;
}

/** Bytes after which those that arrived are made durable while more arrive, and after which that is noted. */
const SYNC_EVERY = 4_194_304;
const SAVE_EVERY = 16_777_216;

/**
 * Writes what one request sends. A connection that breaks leaves what arrived, unless there is a checksum, which is for
 * all of it or nothing.
 */
export class Portion {
  readonly #parts: PortionParts;
  readonly #summer: Bun.CryptoHasher | null;
  #position: number;
  #saved: number;
  #granted: number;
  /** How far it is on the disk. */
  #synced: number;
  #syncing: Promise<void> | null = null;

  constructor(parts: PortionParts) {
    this.#parts = parts;
    this.#position = parts.offset;
    this.#saved = parts.offset;
    this.#synced = parts.offset;
    this.#granted = parts.offset;
    this.#summer = parts.checksum && new Bun.CryptoHasher(parts.checksum.algorithm);
  }

  /** How far the upload has got. */
  get position(): number {
    return this.#position;
  }

  /**
   * Writes the bytes and makes them durable. Afterwards `position` is what is to be kept.
   * @throws Problem `locked`, `checksum_mismatch`, `over_quota`, `storage_full`, that of `beyond`, and what the bytes throw
   */
  async receive(): Promise<void> {
    try {
      await this.#write();
      this.#requireSum();
    } catch (thrown) {
      if (this.#summer !== null) this.#position = this.#parts.offset;
      throw thrown;
    } finally {
      await this.#syncing;
      if (this.#position > this.#synced) await explained(this.#parts.file.datasync());
    }
  }

  async #write(): Promise<void> {
    const { bytes, file, hasher, signal, end, beyond } = this.#parts;
    const chunks = bytes[Symbol.asyncIterator]();
    const ending = Promise.withResolvers<never>();
    ending.promise.catch(() => undefined);
    let stop = ending.reject;
    const onAbort = () => stop(new Problem("locked", text.upload.takenOver));
    signal.addEventListener("abort", onAbort);
    try {
      for (;;) {
        if (signal.aborted) throw new Problem("locked", text.upload.takenOver);
        const next = await new Promise<IteratorResult<Uint8Array>>((resolve, reject) => {
          stop = reject;
          chunks.next().then(resolve, reject);
        });
        if (next.done) return;
        const chunk = next.value;
        if (this.#position + chunk.byteLength > end) throw beyond();
        await this.#requireRoom(chunk.byteLength);
        this.#syncBeside();
        await writeAll(file, chunk, this.#position);
        hasher?.update(chunk);
        this.#summer?.update(chunk);
        this.#position += chunk.byteLength;
      }
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  }

  /** What is not saved yet is counted nowhere else. */
  async #requireRoom(needed: number): Promise<void> {
    if (this.#position + needed <= this.#granted) return;
    const unsaved = this.#position - this.#saved;
    this.#granted = this.#position + (await this.#parts.room.grant(needed, unsaved));
  }

  /** So that little is left to wait for at the end. */
  #syncBeside(): void {
    const upTo = this.#position;
    if (this.#syncing !== null || upTo - this.#synced < SYNC_EVERY) return;
    const sync = async () => {
      await this.#parts.file.datasync();
      this.#synced = upTo;
      if (this.#summer !== null || upTo - this.#saved < SAVE_EVERY) return;
      await this.#parts.save(upTo);
      this.#saved = upTo;
    };
    // What cannot be saved now is tried again with more, and at the end.
    this.#syncing = sync()
      .catch(() => undefined)
      .finally(() => {
        this.#syncing = null;
      });
  }

  #requireSum(): void {
    const { checksum } = this.#parts;
    if (checksum === null || this.#summer === null) return;
    if (!this.#summer.digest().equals(checksum.digest))
      throw new Problem("checksum_mismatch", text.upload.wrongChecksum);
  }
}

async function writeAll(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let written = 0; written < bytes.byteLength; ) {
    const rest = bytes.byteLength - written;
    const more = await explained(file.write(bytes, written, rest, position + written));
    written += more.bytesWritten;
  }
}
