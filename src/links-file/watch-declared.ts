import { type FSWatcher, watch } from "node:fs";
import { readdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { User } from "../accounts/user.ts";
import type { App } from "../app.ts";
import { FileWatch, stampOf } from "../config/file/file-watch.ts";
import { every } from "../os/every.ts";
import { applyDeclared, declaredPath, filesNamed } from "./apply-declared.ts";
import type { LinksFile } from "./links-file.ts";

/** How often to look for what watching has missed: every user's file, and every file that one names. */
const LOOK_SECONDS = 30;

/** How often to see whether the folder of all users is still the one that is watched, in milliseconds. */
const ROOT_LOOK_MS = 1000;

/** A file is read once it has lain still for so long, in milliseconds. */
const STILL_MS = 300;

/** How soon to try again what failed for no fault of the file, in milliseconds. */
const AGAIN_MS = 2000;

/** The state of a file that was never read, and of one that is not there. */
const NEVER_READ = "";
const ABSENT = "ENOENT";

/** Follows every user's links.toml, and the files that it names; the result ends that. */
export function startWatching(app: App): () => void {
  const watching = new DeclaredWatch(app);
  return () => watching.close();
}

class DeclaredWatch {
  readonly #app: App;
  readonly #folder: string;
  readonly #users = new Map<string, UserWatch>();
  readonly #stopLooking: () => void;
  #watcher: FSWatcher | null = null;
  #watched = ABSENT;
  #looks = 0;
  #isLooking = false;
  #isListWanted = false;
  #isClosed = false;

  constructor(app: App) {
    this.#app = app;
    this.#folder = join(app.live.dataFolder, "users");
    this.#stopLooking = every(ROOT_LOOK_MS, () => this.#look(), app.log, { now: true });
  }

  close(): void {
    this.#isClosed = true;
    this.#stopLooking();
    this.#watcher?.close();
    for (const user of this.#users.values()) user.close();
  }

  async #look(): Promise<void> {
    if (this.#isLooking || this.#isClosed) return;
    this.#isLooking = true;
    try {
      if (this.#looks++ % LOOK_SECONDS === 0) this.#isListWanted = true;
      await this.#watchFolder();
      while (this.#isListWanted && !this.#isClosed) {
        this.#isListWanted = false;
        await this.#findUsers();
      }
    } catch (err) {
      if (!this.#isClosed) this.#app.log.error({ err }, "The users' folders could not be listed.");
    } finally {
      this.#isLooking = false;
    }
  }

  /** Again where the folder is another than before. */
  async #watchFolder(): Promise<void> {
    const now = await stampOf(this.#folder, ({ dev, ino, birthtimeMs }) =>
      [dev, ino, birthtimeMs].join(":"),
    );
    if (this.#isClosed || now === this.#watched) return;
    this.#isListWanted = true;
    this.#watcher?.close();
    this.#watcher = null;
    this.#watched = now;
    if (now === ABSENT) return;
    this.#watcher = watch(this.#folder, { persistent: false }, () => {
      this.#isListWanted = true;
      void this.#look();
    });
    this.#watcher.on("error", () => {
      this.#watched = ABSENT;
    });
  }

  /** Everybody with a folder, and everybody whose links are declared though their folder is gone. */
  async #findUsers(): Promise<void> {
    const declaring = new Set(await this.#app.declarations.owners());
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

/** One user's links.toml and the files that it names. */
class UserWatch {
  readonly #app: App;
  readonly #username: string;
  readonly #file: FileWatch;
  /** The files that it names, and what they were when it was last applied. */
  #named: ReadonlyMap<string, string> = new Map();
  readonly #folders = new Map<string, FSWatcher>();
  readonly #stopLooking: () => void;
  #next: Timer | undefined;
  #again: Timer | undefined;
  #isRunning = false;
  #isWanted = false;
  #isClosed = false;

  constructor(app: App, username: string, stamp: string) {
    this.#app = app;
    this.#username = username;
    this.#file = new FileWatch({
      path: declaredPath(app.live.dataFolder, username),
      stamp,
      everySeconds: () => ({
        look: LOOK_SECONDS,
        read: app.live.current["config.force_reload_seconds"],
      }),
      onStill: () => this.#apply(),
      onError: (err) => this.#report(err),
    });
    this.#stopLooking = every(LOOK_SECONDS * 1000, () => this.#lookAtFiles(), app.log);
  }

  close(): void {
    this.#isClosed = true;
    this.#file.close();
    this.#stopLooking();
    clearTimeout(this.#next);
    clearTimeout(this.#again);
    for (const watcher of this.#folders.values()) watcher.close();
  }

  /** One at a time; what comes meanwhile is seen to afterwards. */
  async #apply(): Promise<void> {
    this.#isWanted = true;
    if (this.#isRunning) return;
    this.#isRunning = true;
    try {
      while (this.#isWanted && !this.#isClosed) {
        this.#isWanted = false;
        await this.#applyOnce();
      }
    } catch (err) {
      if (!this.#isClosed) this.#tryAgain(err);
    } finally {
      this.#isRunning = false;
    }
  }

  async #applyOnce(): Promise<void> {
    const user = await this.#findUser();
    if (user === null) return this.#applyAfter(LOOK_SECONDS * 1000);
    const onRead = (file: LinksFile) => this.#follow(file);
    await applyDeclared(this.#app, user, { prune: false, onRead });
  }

  /** Before the files are read: what changes from here on is seen. */
  async #follow(file: LinksFile): Promise<void> {
    const places = filesNamed(this.#app.live.dataFolder, this.#username, file);
    this.#watchFolders(new Set(places.map(dirname)));
    this.#named = new Map(
      await Promise.all(places.map(async (place) => [place, await stampOf(place)] as const)),
    );
  }

  /** A folder whose name is nobody's is none of ours, yet. */
  async #findUser(): Promise<User | null> {
    const user = await this.#app.users.findByUsername(this.#username);
    return user?.username === this.#username ? user : null;
  }

  #tryAgain(err: unknown): void {
    this.#app.log.warn({ err, owner: this.#username }, "A links.toml is tried again.");
    this.#applyAfter(AGAIN_MS);
  }

  #applyAfter(ms: number): void {
    clearTimeout(this.#again);
    if (!this.#isClosed) this.#again = this.#later(() => this.#apply(), ms);
  }

  #watchFolders(wanted: ReadonlySet<string>): void {
    for (const watcher of this.#folders.values()) watcher.close();
    this.#folders.clear();
    if (this.#isClosed) return;
    for (const folder of wanted) this.#watchFolder(folder);
  }

  #watchFolder(folder: string): void {
    try {
      const watcher = watch(folder, { persistent: false }, (_, name) => {
        const isNamed = name === null || this.#named.has(join(folder, basename(name)));
        if (isNamed) this.#afterStill(() => this.#lookAtFiles());
      });
      watcher.on("error", () => watcher.close());
      this.#folders.set(folder, watcher);
    } catch {
      // No such folder, or no watches left on this machine: the timer looks.
    }
  }

  /** Applies the file anew once what it names has changed and lies still. */
  async #lookAtFiles(): Promise<void> {
    const before = this.#named;
    const changed: string[] = [];
    for (const [place, stamp] of before) {
      if ((await stampOf(place)) !== stamp) changed.push(place);
    }
    if (changed.length === 0 || this.#isClosed || before !== this.#named) return;
    const stamps = await Promise.all(changed.map((place) => stampOf(place)));
    this.#afterStill(async () => {
      const later = await Promise.all(changed.map((place) => stampOf(place)));
      const isStill = later.every((stamp, at) => stamp === stamps[at]);
      await (isStill ? this.#apply() : this.#lookAtFiles());
    });
  }

  #afterStill(work: () => Promise<void>): void {
    clearTimeout(this.#next);
    if (!this.#isClosed) this.#next = this.#later(work, STILL_MS);
  }

  #later(work: () => Promise<void>, ms: number): Timer {
    return setTimeout(() => void work().catch((err) => this.#report(err)), ms).unref();
  }

  #report(err: unknown): void {
    const facts = { err, owner: this.#username };
    this.#app.log.error(facts, "Following a links.toml failed");
  }
}
