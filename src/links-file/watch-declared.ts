import { type FSWatcher, watch } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { User } from "../accounts/user.ts";
import type { App } from "../app.ts";
import { FileWatch, stampOf } from "../config/file/file-watch.ts";
import { every } from "../os/every.ts";
import { applyDeclared, declaredPath, filesNamed } from "./apply-declared.ts";
import { NamedFilesWatch } from "./named-files-watch.ts";
import { SerialTask } from "./serial-task.ts";

/*
 * Applies every user's links.toml when it is saved. Three watches, one inside the other:
 *
 * - DeclaredWatch: the folder of all users. It has a UserWatch for each user folder with a links.toml, and for each user
 *   whose links are declared although the file is gone. The other folders are checked for a links.toml in turn: there
 *   may be many, and a watch of each would cost more than the file is worth.
 * - UserWatch: a user's links.toml, by a FileWatch.
 * - NamedFilesWatch: the files that this links.toml refers to.
 *
 * File system events arrive at once; timers find what they miss. A UserWatch applies its file one run at a time. It is
 *
 *   idle      until a file has changed and is still, then it is
 *   applying; what changes meanwhile is applied in another run. Then it is idle again, or
 *   retrying  in 2 s, if a file is still being written or the database is busy, or
 *   waiting   30 s, as long as the folder belongs to no user; and in the end
 *   closed    some time after file and declared links are gone, or with the app.
 *
 * A broken file is no failure: its fault is published, and the watch is idle until the file changes.
 */

/** Seconds between checks for changes that watching has missed: of user folders, links.toml and the files in them. */
const CHECK_SECONDS = 30;

/** Milliseconds between checks whether the folder of all users is still the watched one. */
const ROOT_CHECK_MS = 1000;

/** Part of the time that checks of folders without a links.toml may take, and bounds of the pause between them. */
const CHECK_SHARE = 0.01;
const MIN_PAUSE_MS = 1000;
const MAX_PAUSE_MS = CHECK_SECONDS * 1000;

/** Milliseconds for which a user's watch is kept without a links.toml: it has applied its absence by then. */
const ABSENT_MS = 10_000;

/** Milliseconds until a failure that is not the file's fault is retried. */
const RETRY_MS = 2000;

/** The state of a file that was never read, and of one that does not exist. */
const NEVER_READ = "";
const ABSENT = "ENOENT";

/** Starts following every user's links.toml; returns how to stop. */
export function startWatching(app: App): () => void {
  const watching = new DeclaredWatch(app);
  return () => watching.close();
}

class DeclaredWatch {
  readonly #app: App;
  readonly #folder: string;
  readonly #users = new Map<string, UserWatch>();
  /** Those of the watches whose file is gone, and since when. */
  readonly #absentSince = new Map<string, number>();
  readonly #scan: SerialTask;
  readonly #fileScan: SerialTask;
  readonly #timers: readonly (() => void)[];
  #watcher: FSWatcher | null = null;
  #watched = ABSENT;
  #folders: readonly string[] = [];
  #isClosed = false;

  constructor(app: App) {
    const { log, live } = app;
    this.#app = app;
    this.#folder = join(live.dataFolder, "users");
    this.#scan = new SerialTask(
      () => this.#findUsers(),
      (err) => log.error({ err }, "User folders cannot be listed"),
    );
    this.#fileScan = new SerialTask(
      () => this.#findFiles(),
      (err) => {
        log.error({ err }, "User folders cannot be checked for a links.toml");
        this.#fileScan.requestAfter(MAX_PAUSE_MS);
      },
    );
    this.#timers = [
      every(ROOT_CHECK_MS, () => this.#watchFolder(), log, { now: true }),
      every(CHECK_SECONDS * 1000, () => this.#scan.request(), log, { now: true }),
    ];
  }

  close(): void {
    this.#isClosed = true;
    for (const stop of this.#timers) stop();
    this.#scan.close();
    this.#fileScan.close();
    this.#watcher?.close();
    for (const user of this.#users.values()) user.close();
  }

  /** Watches the folder, again if it is another one than before. */
  async #watchFolder(): Promise<void> {
    const now = await stampOf(this.#folder, ({ dev, ino, birthtimeMs }) =>
      [dev, ino, birthtimeMs].join(":"),
    );
    if (this.#isClosed || now === this.#watched) return;
    this.#watcher?.close();
    this.#watcher = null;
    this.#watched = now;
    this.#scan.request();
    if (now === ABSENT) return;
    this.#watcher = watch(this.#folder, { persistent: false }, () => this.#scan.request());
    this.#watcher.on("error", () => {
      this.#watched = ABSENT;
    });
  }

  async #findUsers(): Promise<void> {
    const declaring = new Set(await this.#app.links.declared.owners());
    const entries = await readdir(this.#folder, { withFileTypes: true }).catch(() => []);
    this.#folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
    for (const name of declaring) this.#follow(name, NEVER_READ);
    for (const name of this.#users.keys())
      if (declaring.has(name) || (await this.#hasFile(name))) this.#absentSince.delete(name);
      else this.#closeIfSettled(name);
    this.#fileScan.request();
  }

  /** Looks for a new links.toml in folders without one, and pauses so long that looking costs little. */
  async #findFiles(): Promise<void> {
    const beganAt = performance.now();
    for (const name of this.#folders)
      if (!this.#users.has(name) && (await this.#hasFile(name))) this.#follow(name, ABSENT);
    const pauseMs = (performance.now() - beganAt) / CHECK_SHARE;
    this.#fileScan.requestAfter(Math.min(Math.max(pauseMs, MIN_PAUSE_MS), MAX_PAUSE_MS));
  }

  async #hasFile(name: string): Promise<boolean> {
    return (await stampOf(declaredPath(this.#app.live.dataFolder, name))) !== ABSENT;
  }

  #follow(name: string, stamp: string): void {
    if (this.#isClosed || this.#users.has(name)) return;
    this.#users.set(name, new UserWatch(this.#app, name, stamp));
  }

  #closeIfSettled(name: string): void {
    const since = this.#absentSince.get(name) ?? performance.now();
    this.#absentSince.set(name, since);
    if (performance.now() - since < ABSENT_MS) return;
    this.#users.get(name)?.close();
    this.#users.delete(name);
    this.#absentSince.delete(name);
  }
}

class UserWatch {
  readonly #app: App;
  readonly #username: string;
  readonly #apply: SerialTask;
  readonly #file: FileWatch;
  readonly #named: NamedFilesWatch;

  /** @param stamp the state of the links.toml when it was last applied */
  constructor(app: App, username: string, stamp: string) {
    const { log, live } = app;
    this.#app = app;
    this.#username = username;
    this.#apply = new SerialTask(
      () => this.#applyOnce(),
      (err) => this.#retry(err),
    );
    this.#file = new FileWatch({
      path: declaredPath(live.dataFolder, username),
      stamp,
      everySeconds: () => ({
        look: CHECK_SECONDS,
        read: live.current["config.force_reload_seconds"],
      }),
      onStill: async () => this.#apply.request(),
      onError: (err) => log.error({ err, owner: username }, "links.toml cannot be followed"),
    });
    this.#named = new NamedFilesWatch({
      everyMs: CHECK_SECONDS * 1000,
      onChange: () => this.#apply.request(),
      log,
    });
  }

  close(): void {
    this.#apply.close();
    this.#file.close();
    this.#named.close();
  }

  async #applyOnce(): Promise<void> {
    const user = await this.#findUser();
    if (user === null) return this.#apply.requestAfter(CHECK_SECONDS * 1000);
    await applyDeclared(this.#app, user, {
      prune: false,
      onRead: (file) =>
        this.#named.follow(filesNamed(this.#app.live.dataFolder, this.#username, file)),
    });
  }

  /** Null if the folder belongs to no user, or not yet. */
  async #findUser(): Promise<User | null> {
    const user = await this.#app.accounts.users.findByUsername(this.#username);
    return user?.username === this.#username ? user : null;
  }

  #retry(err: unknown): void {
    this.#app.log.warn({ err, owner: this.#username }, "links.toml cannot be applied, retrying");
    this.#apply.requestAfter(RETRY_MS);
  }
}
