import { systemClock } from "../clock.ts";
import { mapFile } from "./mapped-file.ts";

/** Number of buckets that short codes are hashed into. A power of two. */
const BUCKETS = 65_536;

/** How long memory counts as current after it was proved to be, in milliseconds. */
const PROOF_MS = 800;

/** Two numbers for each bucket, writers and version, and one at the end: all writers. */
const CELLS = BUCKETS * 2 + 1;
const ALL_WRITERS = BUCKETS * 2;

/**
 * Cache invalidation between processes: a sequence lock for each bucket of short codes, in memory that all processes
 * of a machine map. A bucket has a number of writers and a version.
 *
 * Write: `beginWrites` before the commit (writers + 1), `endWrites` after it, also after a rollback (version + 1,
 * writers - 1). Only then is the change acknowledged.
 *
 * Read: `readVersion`, then the row. A version of null (a writer is active) means that the row may be answered but not
 * cached. A cached row is valid while `isCurrent`: no writer is active and the version is unchanged. So a request that
 * begins after a change was acknowledged never gets the old row; checking costs two atomic loads.
 *
 * Other nodes (PostgreSQL): NOTIFY carries the buckets and the listener calls `invalidate`. It also sends notifications
 * to itself through the database. Those arrive in the order of commits, so one that arrives proves that all changes
 * from before it was sent have arrived (`prove`). Without a proof of the last PROOF_MS nothing of this process is
 * current, whether the connection is lost or silent, the process was paused, or the machine slept. So an answer from
 * memory is never older than PROOF_MS after a change was acknowledged on another node. Only while the database is away,
 * and where the operator wants that, it may be older (`excuse`).
 *
 * Crash: a writer that crashes between the two calls leaves its buckets with a writer, so they stay uncached but never
 * stale. `releaseAbandoned` resets them where no writer can be active: on SQLite under the machine's write lock, on
 * PostgreSQL in a moment in which no process of the machine commits (SharedLock).
 */
export class ChangeCounters {
  readonly #counters: Int32Array;
  /** When the last notification that proved something was sent. */
  #provenAt: Moment = { wall: Number.NEGATIVE_INFINITY, steady: Number.NEGATIVE_INFINITY };
  /** By the time of day, which goes on while the machine sleeps; for ever where no other node exists. */
  #provenUntil = Number.POSITIVE_INFINITY;
  /** The same, or later while the database is away. */
  #currentUntil = Number.POSITIVE_INFINITY;
  /** The same by `performance.now()`, which is never set back. */
  #steadyUntil = Number.POSITIVE_INFINITY;

  /** @param path the shared file; created, full of zeros, if it is missing */
  constructor(path: string) {
    const bytes = mapFile(path, CELLS * Int32Array.BYTES_PER_ELEMENT);
    this.#counters = new Int32Array(bytes.buffer, bytes.byteOffset, CELLS);
  }

  /** Returns the bucket of a short code (FNV-1a over UTF-16 units). */
  bucketOf(shortCode: string): number {
    let hash = 0x811c9dc5;
    for (let at = 0; at < shortCode.length; at++) {
      hash = Math.imul(hash ^ shortCode.charCodeAt(at), 0x01000193);
    }
    return (hash ^ (hash >>> 16)) & (BUCKETS - 1);
  }

  /** Returns the version to read before a row; null while a writer is active. */
  readVersion(bucket: number): number | null {
    const version = Atomics.load(this.#counters, bucket * 2 + 1);
    return Atomics.load(this.#counters, bucket * 2) === 0 ? version : null;
  }

  /** Whether a row that was read at `version` is still the committed one. */
  isCurrent(bucket: number, version: number): boolean {
    return (
      isAhead(this.#currentUntil) &&
      Atomics.load(this.#counters, bucket * 2) === 0 &&
      Atomics.load(this.#counters, bucket * 2 + 1) === version
    );
  }

  /** Marks buckets before a commit: no process answers them from memory until `endWrites`. */
  beginWrites(buckets: Iterable<number>): void {
    for (const bucket of buckets) {
      Atomics.add(this.#counters, ALL_WRITERS, 1);
      Atomics.add(this.#counters, bucket * 2, 1);
    }
  }

  /** Ends what `beginWrites` began, after a commit or a rollback. */
  endWrites(buckets: Iterable<number>): void {
    for (const bucket of buckets) {
      this.invalidate([bucket]);
      Atomics.sub(this.#counters, bucket * 2, 1);
      Atomics.sub(this.#counters, ALL_WRITERS, 1);
    }
  }

  /** Makes everything that was read of these buckets stale: another node has changed them. */
  invalidate(buckets: Iterable<number>): void {
    for (const bucket of buckets) Atomics.add(this.#counters, bucket * 2 + 1, 1);
  }

  /** Makes everything that was read until now stale: changes may have been missed. */
  invalidateAll(): void {
    this.invalidate(Array(BUCKETS).keys());
  }

  /** Whether any writer is active, or has crashed. */
  get hasWriters(): boolean {
    return Atomics.load(this.#counters, ALL_WRITERS) !== 0;
  }

  /** Resets the writers that crashed processes left behind. Only where no writer can be active. */
  releaseAbandoned(): void {
    if (!this.hasWriters) return;
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      if (Atomics.load(this.#counters, bucket * 2) === 0) continue;
      this.invalidate([bucket]);
      Atomics.store(this.#counters, bucket * 2, 0);
    }
    Atomics.store(this.#counters, ALL_WRITERS, 0);
  }

  /** Whether the changes of other nodes are known to arrive. */
  get isProven(): boolean {
    return isAhead(this.#provenUntil);
  }

  /** Whether memory may be older than its bound, since the database is away. */
  get isStale(): boolean {
    return !this.isProven && isAhead(this.#currentUntil);
  }

  /** Nothing is current in this process until the next proof. */
  doubt(): void {
    this.#provenUntil = Number.NEGATIVE_INFINITY;
    this.#currentUntil = Number.NEGATIVE_INFINITY;
  }

  /** Every change that other nodes committed before `sentAt` has arrived. */
  prove(sentAt: Moment): void {
    this.#provenAt = sentAt;
    this.#keepFor(PROOF_MS - ageOf(sentAt));
    this.#provenUntil = this.#currentUntil;
  }

  /** The database is away: for `forMs`, memory may be up to `staleMs` older than its bound. */
  excuse(forMs: number, staleMs: number): void {
    const proven = PROOF_MS - ageOf(this.#provenAt);
    this.#keepFor(Math.max(proven, Math.min(forMs, proven + staleMs)));
  }

  /** The database can be asked again. */
  endExcuse(): void {
    this.#currentUntil = this.#provenUntil;
  }

  /** Called regularly: ends what has become too old, also where the time of day was set back. */
  settle(): void {
    if (performance.now() >= this.#steadyUntil) this.doubt();
  }

  #keepFor(ms: number): void {
    const { wall, steady } = momentNow();
    this.#currentUntil = wall + ms;
    this.#steadyUntil = steady + ms;
  }
}

/** Whether a time of day has not come yet. */
function isAhead(time: number): boolean {
  return time === Number.POSITIVE_INFINITY || systemClock() < time;
}

/** A moment by two clocks: one that may be set, and one that stands still while the machine sleeps. */
export interface Moment {
  readonly wall: number;
  readonly steady: number;
}

export function momentNow(): Moment {
  return { wall: systemClock(), steady: performance.now() };
}

/** Milliseconds since a moment, by the clock that says more. */
function ageOf({ wall, steady }: Moment): number {
  const now = momentNow();
  return Math.max(now.wall - wall, now.steady - steady);
}
