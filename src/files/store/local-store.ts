import type { Dirent } from "node:fs";
import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Random } from "../../clock.ts";
import { readDisk } from "../../os/disk.ts";
import { syncFolder } from "../../os/fsync.ts";
import { claimFile } from "../../os/machine-lock.ts";
import { codeOf, explainDiskFull } from "../../os/system-error.ts";
import { Problem } from "../../problem.ts";
import { type BlobPath, makeUuid } from "../blob.ts";
import { text } from "../text.en.ts";
import type { SiteMark } from "./site-mark.ts";

/** Beside the blobs, so that placing a draft is a rename; because of its dot it is never part of a blob's path. */
const DRAFTS = ".drafts";

/** Stores bytes as files, `<folder>/<owner>/assets/<uuid>.<extension>`, readable only by the user that runs Trunk8. */
export class LocalStore {
  readonly #folder: string;
  readonly #random: Random;
  readonly #mark: SiteMark | null;

  /** @param folder `users` of the data folder; only with `mark`, it is proved to be the site's */
  constructor(folder: string, random: Random, mark: SiteMark | null = null) {
    this.#folder = folder;
    this.#random = random;
    this.#mark = mark;
  }

  async check(): Promise<void> {
    await this.#mark?.check();
  }

  async draft(owner: string): Promise<LocalDraft> {
    await this.check();
    const drafts = join(this.#folder, requireFolderName(owner), "assets", DRAFTS);
    await explained(makeFolder(drafts));
    for (;;) {
      const path = join(drafts, makeUuid(this.#random));
      const file = await explained(open(path, "wx", 0o600));
      if (await claim(file)) return new LocalDraft(this.#folder, path, file);
      await file.close();
    }
  }

  read(path: BlobPath): Blob {
    return Bun.file(join(this.#folder, path));
  }

  async measure(path: BlobPath): Promise<number | null> {
    const found = await unlessMissing(stat(join(this.#folder, path)), null);
    return found?.isFile() ? found.size : null;
  }

  async remove(path: BlobPath): Promise<void> {
    await rm(join(this.#folder, path), { force: true });
  }

  async draftBytes(owner: string): Promise<number> {
    const drafts = join(this.#folder, requireFolderName(owner), "assets", DRAFTS);
    let bytes = 0;
    for (const { name } of await entriesOf(drafts)) {
      const path = join(drafts, name);
      if (await removeUnclaimed(path)) continue;
      bytes += (await unlessMissing(stat(path), null))?.size ?? 0;
    }
    return bytes;
  }

  async freeBytes(): Promise<number> {
    return (await explained(readDisk(this.#folder))).freeBytes;
  }

  /** A running process has claimed its drafts; the kernel releases claims of processes that end. */
  async sweepDrafts(): Promise<number> {
    let swept = 0;
    for (const owner of await this.#owners()) {
      const drafts = join(this.#folder, owner, "assets", DRAFTS);
      for (const { name } of await entriesOf(drafts)) {
        if (await removeUnclaimed(join(drafts, name))) swept++;
      }
    }
    return swept;
  }

  /** Counts any file, not only blobs, under the name in any case of letters; empty folders do not count. */
  async hasFilesOf(owner: string): Promise<boolean> {
    const same = (name: string) => name.toLowerCase() === owner.toLowerCase();
    for (const name of (await this.#owners()).filter(same)) {
      if (await hasFile(join(this.#folder, name))) return true;
    }
    return false;
  }

  async *list(): AsyncGenerator<string> {
    for (const owner of await this.#owners()) {
      for (const entry of await entriesOf(join(this.#folder, owner, "assets"))) {
        if (entry.name !== DRAFTS) yield `${owner}/assets/${entry.name}`;
      }
    }
  }

  async #owners(): Promise<string[]> {
    const entries = await entriesOf(this.#folder);
    return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  }
}

class LocalDraft {
  readonly #folder: string;
  readonly #path: string;
  readonly #file: FileHandle;
  #isPlaced = false;

  constructor(folder: string, path: string, file: FileHandle) {
    this.#folder = folder;
    this.#path = path;
    this.#file = file;
  }

  async write(bytes: Uint8Array): Promise<void> {
    for (let written = 0; written < bytes.byteLength; ) {
      const more = await explained(this.#file.write(bytes, written));
      written += more.bytesWritten;
    }
  }

  /** Syncs the bytes, then renames, then syncs the folder: no crash leaves a name without bytes. */
  async place(path: BlobPath): Promise<void> {
    const final = join(this.#folder, path);
    await explained(this.#file.sync());
    await explained(rename(this.#path, final));
    this.#isPlaced = true;
    await explained(syncFolder(dirname(final)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#isPlaced) await rm(this.#path, { force: true });
    await this.#file.close();
  }
}

/** User names are checked on creation; this is a second line of defence. */
function requireFolderName(owner: string): string {
  if (/^(?!\.)[^/\\\p{Cc}]{1,200}$/u.test(owner)) return owner;
  throw new Error(`Invalid folder name: ${owner}`);
}

/** Returns false if a sweep claimed the file first: it has deleted it, or is about to. */
async function claim(file: FileHandle): Promise<boolean> {
  return claimFile(file.fd) && (await file.stat()).nlink > 0;
}

async function removeUnclaimed(path: string): Promise<boolean> {
  const file = await unlessMissing(open(path, "r"), null);
  if (file === null) return false;
  try {
    if (!claimFile(file.fd)) return false;
    await rm(path, { force: true });
    return true;
  } finally {
    await file.close();
  }
}

/** Creates missing folders, readable by their owner only; resolves when all their entries are durable. */
async function makeFolder(folder: string): Promise<void> {
  const topmost = await mkdir(folder, { recursive: true, mode: 0o700 });
  if (topmost === undefined) return;
  for (let made = folder; made.length >= topmost.length; made = dirname(made)) {
    await syncFolder(dirname(made));
  }
}

async function entriesOf(folder: string): Promise<Dirent[]> {
  return await unlessMissing(readdir(folder, { withFileTypes: true }), []);
}

async function hasFile(folder: string): Promise<boolean> {
  const entries = await entriesOf(folder);
  if (entries.some((entry) => !entry.isDirectory())) return true;
  for (const { name } of entries) if (await hasFile(join(folder, name))) return true;
  return false;
}

async function unlessMissing<Found, Else>(work: Promise<Found>, or: Else): Promise<Found | Else> {
  try {
    return await work;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return or;
    throw error;
  }
}

/** Codes of a write to a folder that is read-only, another user's, or no longer mounted. */
const AWAY: ReadonlySet<string> = new Set([
  "EROFS",
  "EACCES",
  "EPERM",
  "ENOENT",
  "ENOTDIR",
  "EIO",
  "ESTALE",
]);

async function explained<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (thrown) {
    if (AWAY.has(codeOf(thrown)))
      throw new Problem("busy", text.storageAway, { retryAfterSeconds: 60, cause: thrown });
    throw explainDiskFull(thrown);
  }
}
