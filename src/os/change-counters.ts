import { mapFile } from "./mapped-file.ts";

/** How many buckets short codes are hashed into. A power of two. */
const BUCKETS = 65_536;

/** Per bucket two numbers: writers under way, and a version. One more at the end: all writers under way. */
const CELLS = BUCKETS * 2 + 1;
const ALL_WRITERS = BUCKETS * 2;

/**
 * Tells every process on this machine which links changed: counters in memory shared by a mapped file.
 *
 * A writer raises a bucket before its transaction commits and settles it after. A reader may keep what it read
 * only if no writer was under way and the version stood still, and trusts it only while both stay so. So a
 * request that comes after an acknowledged change never gets the old answer, and checking costs two loads.
 */
export class Changes {
  readonly #counters: Int32Array;
  #deaf = false;

  /** @param path the shared file; made, full of zeros, when it is missing */
  constructor(path: string) {
    const bytes = mapFile(path, CELLS * Int32Array.BYTES_PER_ELEMENT);
    this.#counters = new Int32Array(bytes.buffer, bytes.byteOffset, CELLS);
  }

  /** The bucket of a short code (FNV-1a over UTF-16 units). */
  bucketOf(shortCode: string): number {
    let hash = 0x811c9dc5;
    for (let at = 0; at < shortCode.length; at++) {
      hash = Math.imul(hash ^ shortCode.charCodeAt(at), 0x01000193);
    }
    return (hash ^ (hash >>> 16)) & (BUCKETS - 1);
  }

  /** The version, noted before a row is read; null while a writer is under way, when nothing read may be kept. */
  note(bucket: number): number | null {
    const version = Atomics.load(this.#counters, bucket * 2 + 1);
    return Atomics.load(this.#counters, bucket * 2) === 0 ? version : null;
  }

  /** Whether what was read after `bucket` stood at `version` is still what the database says. */
  stands(bucket: number, version: number): boolean {
    return (
      !this.#deaf &&
      Atomics.load(this.#counters, bucket * 2) === 0 &&
      Atomics.load(this.#counters, bucket * 2 + 1) === version
    );
  }

  /** Before a commit: nobody answers these buckets from memory until `settle`. */
  raise(buckets: Iterable<number>): void {
    for (const bucket of buckets) {
      Atomics.add(this.#counters, ALL_WRITERS, 1);
      Atomics.add(this.#counters, bucket * 2, 1);
    }
  }

  /** After a commit, and also after one that failed. */
  settle(buckets: Iterable<number>): void {
    for (const bucket of buckets) {
      this.advance([bucket]);
      Atomics.sub(this.#counters, bucket * 2, 1);
      Atomics.sub(this.#counters, ALL_WRITERS, 1);
    }
  }

  /** Another node has changed these buckets. */
  advance(buckets: Iterable<number>): void {
    for (const bucket of buckets) Atomics.add(this.#counters, bucket * 2 + 1, 1);
  }

  /** Changes may have been missed: forget everything that was read until now. */
  advanceAll(): void {
    this.advance(Array(BUCKETS).keys());
  }

  /** Lowers what writers that died have left raised. Only where no writer can be under way. */
  heal(): void {
    if (Atomics.load(this.#counters, ALL_WRITERS) === 0) return;
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      if (Atomics.load(this.#counters, bucket * 2) === 0) continue;
      this.advance([bucket]);
      Atomics.store(this.#counters, bucket * 2, 0);
    }
    Atomics.store(this.#counters, ALL_WRITERS, 0);
  }

  /** While word of other nodes' changes does not arrive, nothing is answered from memory. */
  setDeaf(deaf: boolean): void {
    this.#deaf = deaf;
  }
}
