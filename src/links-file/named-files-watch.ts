import { type FSWatcher, watch } from "node:fs";
import { basename, dirname, join } from "node:path";
import { stampOf } from "../config/file/file-watch.ts";
import { every } from "../os/every.ts";
import type { Logger } from "../telemetry/log.ts";
import { SerialTask } from "./serial-task.ts";

/** Milliseconds without a change after which a file is considered written. */
const STILL_MS = 300;

/** The state of each file, by path, from `stampOf`. */
type Stamps = ReadonlyMap<string, string>;

export interface NamedFilesOptions {
  /** Milliseconds between checks for changes that watching has missed. */
  readonly everyMs: number;
  /** Called when a file has changed and is still, until `follow` is called again. */
  readonly onChange: () => void;
  readonly log: Logger;
}

/**
 * Watches the files that a links.toml refers to. There may be thousands in one folder: each folder is watched once, and
 * an event of it, or the timer, compares all files with how they were.
 */
export class NamedFilesWatch {
  readonly #options: NamedFilesOptions;
  readonly #check: SerialTask;
  readonly #stopChecking: () => void;
  #folders: readonly FSWatcher[] = [];
  /** How the files were when they were last read. */
  #read: Stamps = new Map();
  /** How they were at the last check that found a change: the same once more means that they are still. */
  #seen: Stamps = new Map();
  #isClosed = false;

  constructor(options: NamedFilesOptions) {
    const { log, everyMs } = options;
    this.#options = options;
    this.#check = new SerialTask(
      () => this.#compare(),
      (err) => log.error({ err }, "Files of a links.toml cannot be checked"),
    );
    this.#stopChecking = every(everyMs, () => this.#check.request(), log);
  }

  /** Follows these files instead of the earlier ones. To be called before they are read. */
  async follow(paths: readonly string[]): Promise<void> {
    const named = new Set(paths);
    this.#watchFolders(named);
    this.#read = await stampsOf(named);
  }

  close(): void {
    this.#isClosed = true;
    this.#stopChecking();
    this.#check.close();
    for (const watcher of this.#folders) watcher.close();
  }

  async #compare(): Promise<void> {
    const read = this.#read;
    const now = await stampsOf(read.keys());
    if (this.#isClosed || read !== this.#read || isSame(now, read)) return;
    const isStill = isSame(now, this.#seen);
    this.#seen = now;
    if (isStill) this.#options.onChange();
    else this.#check.requestAfter(STILL_MS);
  }

  #watchFolders(named: ReadonlySet<string>): void {
    for (const watcher of this.#folders) watcher.close();
    const folders = this.#isClosed ? [] : [...new Set([...named].map((path) => dirname(path)))];
    this.#folders = folders.flatMap((folder) => this.#watchFolder(folder, named));
  }

  #watchFolder(folder: string, named: ReadonlySet<string>): FSWatcher[] {
    try {
      const watcher = watch(folder, { persistent: false }, (_, name) => {
        const isNamed = name === null || named.has(join(folder, basename(name)));
        if (isNamed) this.#check.requestAfter(STILL_MS);
      });
      watcher.on("error", () => watcher.close());
      return [watcher];
    } catch {
      // No such folder, or no watches left on this machine: the timer checks.
      return [];
    }
  }
}

async function stampsOf(paths: Iterable<string>): Promise<Stamps> {
  const stamps = new Map<string, string>();
  for (const path of paths) stamps.set(path, await stampOf(path));
  return stamps;
}

function isSame(a: Stamps, b: Stamps): boolean {
  return a.size === b.size && [...a].every(([path, stamp]) => b.get(path) === stamp);
}
