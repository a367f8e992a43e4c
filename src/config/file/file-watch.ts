import { type FSWatcher, type Stats, watch } from "node:fs";
import { stat } from "node:fs/promises";
import { basename, dirname } from "node:path";

/** Milliseconds without a change after which a file is read: before, it may still be being written. */
const STILL_MS = 300;

/** Milliseconds between checks while the folder cannot be watched. */
const UNWATCHED_LOOK_MS = 500;

const ABSENT = "ENOENT";

export interface WatchOptions {
  readonly path: string;
  /** The file's state before it was last read, from `stampOf`. */
  readonly stamp: string;
  /** Seconds between checks in addition to watching, and between reads of a file that looks unchanged. */
  readonly everySeconds: () => { readonly look: number; readonly read: number };
  /** Called when the file may have changed and is still. */
  readonly onStill: () => Promise<void>;
  /** Called with the error when a check or `onStill` fails. */
  readonly onError: (err: unknown) => void;
}

/**
 * Detects every way in which a file changes: written in place, replaced, removed, reached through a swapped symlink,
 * its folder recreated. Never keeps the process alive.
 */
export class FileWatch {
  readonly #options: WatchOptions;
  /** The folder is watched, not the file: after one save by rename a watched file is the old one. */
  readonly #folder: string;
  #watcher: FSWatcher | null = null;
  #watchedFolder = ABSENT;
  #seen: string;
  #askedAt = performance.now();
  #nextLook: Timer | undefined;
  #nextRead: Timer | undefined;
  #isClosed = false;

  constructor(options: WatchOptions) {
    this.#options = options;
    this.#folder = dirname(options.path);
    this.#seen = options.stamp;
    this.#start(this.#look(false));
  }

  close(): void {
    this.#isClosed = true;
    this.#unwatch();
    clearTimeout(this.#nextLook);
    clearTimeout(this.#nextRead);
  }

  #start(work: Promise<void>): void {
    work.catch((err) => this.#options.onError(err));
  }

  /** Checks once and schedules the next check; with `mustRead`, reads even if nothing seems changed. */
  async #look(mustRead: boolean): Promise<void> {
    await this.#watchFolder();
    const stamp = await stampOf(this.#options.path);
    if (this.#isClosed) return;
    if (mustRead || stamp !== this.#seen) this.#readOnceStill(stamp);
    clearTimeout(this.#nextLook);
    const look = () => this.#start(this.#look(this.#isReadDue()));
    this.#nextLook = setTimeout(look, this.#pauseMs()).unref();
  }

  #readOnceStill(stamp: string): void {
    this.#seen = stamp;
    this.#askedAt = performance.now();
    clearTimeout(this.#nextRead);
    this.#nextRead = setTimeout(() => this.#start(this.#readIfStill()), STILL_MS).unref();
  }

  async #readIfStill(): Promise<void> {
    const stamp = await stampOf(this.#options.path);
    if (this.#isClosed) return;
    if (stamp !== this.#seen) return this.#readOnceStill(stamp);
    await this.#options.onStill();
  }

  async #watchFolder(): Promise<void> {
    const folder = await stampOf(this.#folder, identify);
    if (this.#isClosed || folder === this.#watchedFolder) return;
    this.#unwatch();
    try {
      this.#watcher = watch(this.#folder, { persistent: false }, (_, name) => this.#hear(name));
      this.#watcher.on("error", () => this.#unwatch());
      this.#watchedFolder = folder;
    } catch {
      // No folder, or no watches left on this machine: more frequent checks replace watching.
    }
  }

  #hear(name: string | null): void {
    if (name === basename(this.#folder)) this.#unwatch(); // the folder itself went away
    this.#start(this.#look(name === basename(this.#options.path)));
  }

  #unwatch(): void {
    this.#watcher?.close();
    this.#watcher = null;
    this.#watchedFolder = ABSENT;
  }

  #isReadDue(): boolean {
    return performance.now() - this.#askedAt >= this.#options.everySeconds().read * 1000;
  }

  #pauseMs(): number {
    if (this.#watchedFolder === ABSENT) return UNWATCHED_LOOK_MS;
    const { look, read } = this.#options.everySeconds();
    return Math.min(look, read) * 1000;
  }
}

/** Returns a text that differs whenever the file at `path` may differ; follows symlinks. */
export async function stampOf(path: string, describe = describeState): Promise<string> {
  return stat(path).then(describe, (failure: NodeJS.ErrnoException) => failure.code ?? "unknown");
}

function describeState({ dev, ino, size, mtimeMs, ctimeMs }: Stats): string {
  return [dev, ino, size, mtimeMs, ctimeMs].join(":");
}

/** Inode numbers are reused immediately: the creation time distinguishes a new folder from the old one. */
function identify({ dev, ino, birthtimeMs }: Stats): string {
  return [dev, ino, birthtimeMs].join(":");
}
