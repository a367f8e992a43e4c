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
 * - DeclaredWatch: the folder of all users. It has a UserWatch for each user folder, and for each user whose links are
 *   declared although the folder is gone.
 * - UserWatch: a user's links.toml, by a FileWatch.
 * - NamedFilesWatch: the files that this links.toml refers to.
 *
 * File system events arrive at once; timers find what they miss. A UserWatch applies its file one run at a time. It is
 *
 *   idle      until a file has changed and is still, then it is
 *   applying; what changes meanwhile is applied in another run. Then it is idle again, or
 *   retrying  in 2 s, if a file is still being written or the database is busy, or
 *   waiting   30 s, as long as the folder belongs to no user; and in the end
 *   closed    with the folder, or with the app.
 *
 * A broken file is no failure: its fault is published, and the watch is idle until the file changes.
 */

/** Seconds between checks for changes that watching has missed: of user folders, links.toml and the files in them. */
const CHECK_SECONDS = 30;

/** Milliseconds between checks whether the folder of all users is still the watched one. */
const ROOT_CHECK_MS = 1000;

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
  readonly #scan: SerialTask;
  readonly #timers: readonly (() => void)[];
  #watcher: FSWatcher | null = null;
  #watched = ABSENT;
  #isClosed = false;

  constructor(app: App) {
    const { log, live } = app;
    this.#app = app;
    this.#folder = join(live.dataFolder, "users");
    this.#scan = new SerialTask(
      () => this.#findUsers(),
      (err) => log.error({ err }, "User folders cannot be listed"),
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
    const declaring = new Set(await this.#app.declaredLinks.owners());
    const entries = await readdir(this.#folder, { withFileTypes: true }).catch(() => []);
    const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
    if (this.#isClosed) return;
    const wanted = new Set([...declaring, ...folders]);
    for (const name of wanted) {
      if (this.#users.has(name)) continue;
      const stamp = declaring.has(name) ? NEVER_READ : ABSENT;
      this.#users.set(name, new UserWatch(this.#app, name, stamp));
    }
    for (const [name, user] of this.#users) {
      if (wanted.has(name)) continue;
      user.close();
      this.#users.delete(name);
    }
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
    const user = await this.#app.users.findByUsername(this.#username);
    return user?.username === this.#username ? user : null;
  }

  #retry(err: unknown): void {
    this.#app.log.warn({ err, owner: this.#username }, "links.toml cannot be applied, retrying");
    this.#apply.requestAfter(RETRY_MS);
  }
}
