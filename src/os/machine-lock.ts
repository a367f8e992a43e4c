import { dlopen } from "bun:ffi";
import { closeSync, openSync } from "node:fs";

const LOCK_SH = 1;
const LOCK_EX = 2;
const LOCK_NB = 4;
const LOCK_UN = 8;

const libc = openLibc();

/**
 * One writer at a time over the machine, in the order they came. The kernel frees it when its holder dies.
 *
 * Two flock files make it fair: whoever waits for `lock` holds the turnstile meanwhile, so the process that
 * just let go must queue behind the one that waits (SQLite's own busy handler lets it push in for seconds).
 * Both calls block the thread: not for a thread that serves.
 */
export class MachineLock {
  readonly #turnstile: number;
  readonly #lock: number;

  constructor(path: string) {
    this.#turnstile = openSync(`${path}.turnstile`, "a", 0o600);
    this.#lock = openSync(path, "a", 0o600);
  }

  acquire(): void {
    flock(this.#turnstile, LOCK_EX);
    flock(this.#lock, LOCK_EX);
    flock(this.#turnstile, LOCK_UN);
  }

  release(): void {
    flock(this.#lock, LOCK_UN);
  }

  close(): void {
    closeSync(this.#lock);
    closeSync(this.#turnstile);
  }
}

/**
 * Held as long as a process uses something that outlives it. Whoever comes when nobody else is there
 * can tidy up after the dead.
 */
export class Presence {
  readonly #file: number;

  /** @param tidy called before anybody else can enter, if nobody is there */
  constructor(path: string, tidy: () => void) {
    this.#file = openSync(path, "a", 0o600);
    if (claimFile(this.#file)) tidy();
    flock(this.#file, LOCK_SH);
  }

  close(): void {
    closeSync(this.#file);
  }
}

/** Marks an open file as in use until it is closed or this process dies; false where another has marked it. */
export function claimFile(file: number): boolean {
  return libc.symbols.flock(file, LOCK_EX | LOCK_NB) === 0;
}

/** How often one asks whether it is one's turn. */
const ASK_MS = 5;

/** Runs `work` while no other process has the file at `path` marked as in use; waits, but does not hold the thread. */
export async function inTurn<T>(path: string, work: () => Promise<T>): Promise<T> {
  const file = openSync(path, "a", 0o600);
  try {
    while (!claimFile(file)) await Bun.sleep(ASK_MS);
    return await work();
  } finally {
    closeSync(file);
  }
}

/** Whether some process has a file marked as in use. */
export function isClaimed(path: string): boolean {
  const file = openSync(path, "a", 0o600);
  try {
    return libc.symbols.flock(file, LOCK_SH | LOCK_NB) !== 0;
  } finally {
    closeSync(file);
  }
}

function flock(file: number, operation: number): void {
  while (libc.symbols.flock(file, operation) !== 0) {
    // Interrupted by a signal: the only failure a blocking flock on an open file has.
  }
}

function openLibc() {
  const names = [
    "libc.so.6",
    "libc.musl-x86_64.so.1",
    "libc.musl-aarch64.so.1",
    "libSystem.B.dylib",
  ];
  for (const name of names) {
    try {
      return dlopen(name, { flock: { args: ["i32", "i32"], returns: "i32" } });
    } catch {}
  }
  throw new Error(`None of ${names.join(", ")} could be opened.`);
}
