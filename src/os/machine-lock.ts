import { closeSync, fstatSync, openSync, unlinkSync } from "node:fs";
import { constants } from "node:os";
import { lastError, libc } from "./libc.ts";

const LOCK_SH = 1;
const LOCK_EX = 2;
const LOCK_NB = 4;
const LOCK_UN = 8;

const WOULD_BLOCK = constants.errno.EWOULDBLOCK;

/** Descriptors of the files of a MachineLock. Closing them releases it. */
export interface LockFiles {
  readonly turnstile: number;
  readonly lock: number;
}

export function openLockFiles(path: string): LockFiles {
  return {
    turnstile: openSync(`${path}.turnstile`, "a", 0o600),
    lock: openSync(path, "a", 0o600),
  };
}

export function closeLockFiles({ turnstile, lock }: LockFiles): void {
  closeSync(lock);
  closeSync(turnstile);
}

/**
 * A fair mutex for all processes of a machine, in order of arrival, made of two files that are locked by flock(2).
 *
 * Acquire: lock the turnstile, then the lock, then unlock the turnstile. A process that waits for the lock holds the
 * turnstile meanwhile, so one that has just released the lock queues behind it. (SQLite's own busy handler lets it
 * acquire again first, and another process may wait for seconds.)
 *
 * Release: unlock the lock. Crash: the kernel unlocks both files of a process that ends.
 *
 * `acquire` blocks its thread and must not be called on a thread that serves requests.
 */
export class MachineLock {
  readonly #turnstile: number;
  readonly #lock: number;

  constructor({ turnstile, lock }: LockFiles) {
    this.#turnstile = turnstile;
    this.#lock = lock;
  }

  acquire(): void {
    flock(this.#turnstile, LOCK_EX);
    flock(this.#lock, LOCK_EX);
    flock(this.#turnstile, LOCK_UN);
  }

  release(): void {
    flock(this.#lock, LOCK_UN);
  }
}

/**
 * A lock that any number of tasks of all processes of a machine share, each for a moment. The kernel releases it for a
 * process that crashes, so that what its tasks left behind can be cleaned up while no other task is within.
 */
export class SharedLock {
  readonly #shared: number;
  readonly #alone: number;
  #tasks = 0;

  constructor(path: string) {
    this.#shared = openSync(path, "a", 0o600);
    this.#alone = openSync(path, "a", 0o600);
  }

  enter(): void {
    if (this.#tasks++ === 0) flock(this.#shared, LOCK_SH);
  }

  leave(): void {
    if (--this.#tasks === 0) flock(this.#shared, LOCK_UN);
  }

  /** Runs `work`, which must take no longer than a moment, while no task is within; otherwise does nothing. */
  runAlone(work: () => void): void {
    if (!claimFile(this.#alone)) return;
    try {
      work();
    } finally {
      flock(this.#alone, LOCK_UN);
    }
  }

  close(): void {
    closeSync(this.#shared);
    closeSync(this.#alone);
  }
}

/**
 * Locks an open file until it is closed or this process ends; returns false if another process has locked it.
 * @throws Error if the file system does not support locks
 */
export function claimFile(file: number): boolean {
  return tryFlock(file, LOCK_EX | LOCK_NB);
}

/**
 * Locks the file at `path` until it is disposed or this process ends; null if a process has locked it.
 * @throws Error if the file system does not support locks
 */
export function claimPath(path: string): Disposable | null {
  using opened = new DisposableStack();
  const file = opened.adopt(openSync(path, "a", 0o600), closeSync);
  return claimFile(file) ? opened.move() : null;
}

/**
 * As `claimPath`, for a file that is there only while it is locked.
 * @throws Error if the file system does not support locks
 */
export function claimMoment(path: string): Disposable | null {
  for (;;) {
    const file = openSync(path, "a", 0o600);
    const isClaimed = claimFile(file);
    if (isClaimed && fstatSync(file).nlink > 0)
      return {
        [Symbol.dispose]: () => {
          unlinkSync(path);
          closeSync(file);
        },
      };
    // Another process may have released the file, and deleted it, after it was opened here.
    closeSync(file);
    if (!isClaimed) return null;
  }
}

/** Releases a file that `claimFile` has locked. */
export function releaseFile(file: number): void {
  flock(file, LOCK_UN);
}

/**
 * A few slots that all processes of a machine share, each a locked file: for work that takes much memory. The kernel
 * releases the slots of a process that ends.
 */
export class MachineSlots {
  readonly #files: readonly number[];
  readonly #held = new Set<number>();
  #isClosed = false;

  /** @param path of the files, without their numbers */
  constructor(path: string, count: number) {
    this.#files = Array.from({ length: count }, (_, at) => openSync(`${path}-${at}`, "a", 0o600));
  }

  /** Waits for a slot without blocking the thread; returns what releases it. */
  async acquire(): Promise<() => void> {
    for (;;) {
      const file = this.#files.find((file) => !this.#held.has(file) && claimFile(file));
      if (file !== undefined) {
        this.#held.add(file);
        return () => this.#release(file);
      }
      await Bun.sleep(RETRY_MS);
    }
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const file of this.#files) closeSync(file);
  }

  #release(file: number): void {
    if (!this.#isClosed) releaseFile(file);
    this.#held.delete(file);
  }
}

/** Pause between two attempts to lock a file. */
const RETRY_MS = 5;

/** Runs `work` while this process has the file at `path` locked; waits for it without blocking the thread. */
export async function inTurn<T>(path: string, work: () => Promise<T>): Promise<T> {
  const file = openSync(path, "a", 0o600);
  try {
    while (!claimFile(file)) await Bun.sleep(RETRY_MS);
    return await work();
  } finally {
    closeSync(file);
  }
}

/** Whether a process has the file locked. */
export function isClaimed(path: string): boolean {
  const file = openSync(path, "a", 0o600);
  try {
    return !tryFlock(file, LOCK_SH | LOCK_NB);
  } finally {
    closeSync(file);
  }
}

/** Signals that may interrupt one call. More failures in a row have another reason, such as ENOLCK on NFS. */
const MOST_INTERRUPTS = 1000;

/** Waits for the lock. */
function flock(file: number, operation: number): void {
  for (let failures = 0; libc.flock(file, operation) !== 0; failures++) {
    if (failures >= MOST_INTERRUPTS) throw unsupported(lastError());
  }
}

/** Does not wait; returns false if another process has the lock. */
function tryFlock(file: number, operation: number): boolean {
  for (let failures = 0; libc.flock(file, operation) !== 0; failures++) {
    const code = lastError();
    if (code === WOULD_BLOCK) return false;
    if (failures >= MOST_INTERRUPTS) throw unsupported(code);
  }
  return true;
}

function unsupported(code: number): Error {
  return new Error(`The file system does not support flock (error ${code})`);
}
