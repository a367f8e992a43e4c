import { constants, type Dirent } from "node:fs";
import { access, type FileHandle, mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { Clock, Random } from "../../clock.ts";
import { readDisk } from "../../os/disk.ts";
import { syncFolder } from "../../os/fsync.ts";
import { claimFile } from "../../os/machine-lock.ts";
import { codeOf } from "../../os/system-error.ts";
import { Problem } from "../../problem.ts";
import type { BlobPath } from "../blob.ts";
import { text } from "../text.en.ts";
import { DraftClaims } from "./draft-claims.ts";
import { explained, reopened, unlessMissing } from "./folder-faults.ts";
import type { SiteMark } from "./site-mark.ts";

/** Beside the blobs, so that placing a draft is a rename; because of its dot it is never part of a blob's path. */
const DRAFTS = ".uploads";

/** Until 1.0.0-alpha.1, where drafts were locked themselves. */
const FORMER_DRAFTS = ".drafts";

/** A draft of another machine is abandoned when another one is so much newer, by the clock of the folder alone. */
const SILENT_MS = 3_600_000;

/** The same by this machine's clock, which may differ. */
const ABANDONED_MS = 86_400_000;

export interface LocalStoreParts {
  /** `users` of the data folder: on this machine, or a share of several. */
  readonly folder: string;
  /** What the processes of this machine share. */
  readonly runFolder: string;
  readonly clock: Clock;
  readonly random: Random;
  /** Only with it, the folder is proved to be the site's. */
  readonly mark?: SiteMark;
}

/** Stores bytes as files, `<folder>/<owner>/assets/<uuid>.<extension>`, readable only by the user that runs Trunk8. */
export class LocalStore {
  readonly #folder: string;
  readonly #clock: Clock;
  readonly #mark: SiteMark | null;
  readonly #claims: DraftClaims;

  constructor({ folder, runFolder, clock, random, mark }: LocalStoreParts) {
    this.#folder = folder;
    this.#clock = clock;
    this.#mark = mark ?? null;
    this.#claims = new DraftClaims(join(runFolder, "drafts"), random);
  }

  async check(): Promise<void> {
    await this.#mark?.check();
  }

  async checkWritable(): Promise<void> {
    try {
      await this.check();
      await access(this.#folder, constants.W_OK);
    } catch (cause) {
      throw new Problem("busy", text.notWritable(this.#folder), { retryAfterSeconds: 60, cause });
    }
  }

  async draft(owner: string): Promise<LocalDraft> {
    const drafts = join(this.#folder, requireFolderName(owner), "assets", DRAFTS);
    await this.check();
    await explained(makeFolder(drafts));
    const path = join(drafts, this.#claims.enter());
    try {
      const file = await explained(open(path, "wx", 0o600));
      return new LocalDraft(this.#folder, path, file, this.#claims);
    } catch (thrown) {
      this.#claims.leave();
      throw thrown;
    }
  }

  read(path: BlobPath): Blob {
    return Bun.file(join(this.#folder, path));
  }

  async measure(path: BlobPath): Promise<number | null> {
    this.#mark?.requireAnswer();
    const found = await reopened(() => unlessMissing(stat(join(this.#folder, path)), null));
    // Else the files of a share that is not mounted would count as lost.
    if (found === null) await this.check();
    return found?.isFile() ? found.size : null;
  }

  async bytes(path: BlobPath): Promise<Uint8Array<ArrayBuffer>> {
    return await reopened(() => Bun.file(join(this.#folder, path)).bytes());
  }

  async remove(path: BlobPath): Promise<void> {
    await rm(join(this.#folder, path), { force: true });
  }

  async draftBytes(owner: string): Promise<number> {
    return (await this.#sweepDraftsOf(requireFolderName(owner))).bytes;
  }

  async freeBytes(): Promise<number> {
    return (await explained(readDisk(this.#folder))).freeBytes;
  }

  async sweepDrafts(): Promise<number> {
    let swept = 0;
    for (const owner of await this.#owners()) swept += (await this.#sweepDraftsOf(owner)).swept;
    this.#claims.sweep();
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
        if (entry.name !== DRAFTS && entry.name !== FORMER_DRAFTS)
          yield `${owner}/assets/${entry.name}`;
      }
    }
  }

  /** Deletes the drafts of an owner that no process writes any more; returns how many, and the bytes of the others. */
  async #sweepDraftsOf(owner: string): Promise<{ readonly swept: number; readonly bytes: number }> {
    const drafts = await this.#draftsOf(owner);
    const newest = Math.max(...drafts.map(({ changedAt }) => changedAt));
    let swept = 0;
    let bytes = 0;
    for (const draft of drafts) {
      if (await this.#removeAbandoned(draft, newest)) swept++;
      else bytes += draft.size;
    }
    return { swept, bytes };
  }

  async #draftsOf(owner: string): Promise<DraftFile[]> {
    const drafts: DraftFile[] = [];
    for (const folder of [DRAFTS, FORMER_DRAFTS]) {
      const within = join(this.#folder, owner, "assets", folder);
      for (const { name } of await entriesOf(within)) {
        const path = join(within, name);
        const found = await unlessMissing(stat(path), null);
        if (found !== null) drafts.push({ path, size: found.size, changedAt: found.mtimeMs });
      }
    }
    return drafts;
  }

  async #removeAbandoned({ path, changedAt }: DraftFile, newest: number): Promise<boolean> {
    const name = basename(path);
    const state = this.#claims.stateOf(name);
    if (state === "live") return false;
    const isOld = newest - changedAt > SILENT_MS || this.#clock() - changedAt > ABANDONED_MS;
    if (state === "foreign" && !isOld) return !name.includes(".") && (await removeUnclaimed(path));
    await rm(path, { force: true });
    return true;
  }

  async #owners(): Promise<string[]> {
    const entries = await entriesOf(this.#folder);
    return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  }
}

interface DraftFile {
  readonly path: string;
  readonly size: number;
  /** By the clock of the folder. */
  readonly changedAt: number;
}

class LocalDraft {
  readonly #folder: string;
  readonly #path: string;
  #file: FileHandle;
  readonly #claims: DraftClaims;
  #isPlaced = false;
  #isOpen = true;

  constructor(folder: string, path: string, file: FileHandle, claims: DraftClaims) {
    this.#folder = folder;
    this.#path = path;
    this.#file = file;
    this.#claims = claims;
  }

  async write(bytes: Uint8Array): Promise<void> {
    for (let written = 0; written < bytes.byteLength; ) {
      const more = await explained(this.#file.write(bytes, written));
      written += more.bytesWritten;
    }
  }

  async *read(): AsyncGenerator<Uint8Array> {
    yield* Bun.file(this.#path).stream();
  }

  async open(): Promise<FileHandle> {
    return await explained(open(this.#path, "r"));
  }

  async rest(): Promise<void> {
    this.#isOpen = false;
    await explained(this.#file.close());
  }

  /** Syncs the bytes, then renames, then syncs the folder: no crash leaves a name without bytes. */
  async place(path: BlobPath): Promise<void> {
    const final = join(this.#folder, path);
    const rested = !this.#isOpen;
    if (rested) await this.#reopen();
    await explained(this.#file.sync());
    await explained(this.#rename(final));
    this.#isPlaced = true;
    if (rested) await this.rest();
    await explained(syncFolder(dirname(final)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      if (!this.#isPlaced) await rm(this.#path, { force: true });
      if (this.#isOpen) await this.#file.close();
    } finally {
      this.#claims.leave();
    }
  }

  async #reopen(): Promise<void> {
    this.#file = await this.open();
    this.#isOpen = true;
  }

  /** NFS may send a rename twice, of which the second finds nothing. */
  async #rename(final: string): Promise<void> {
    try {
      await rename(this.#path, final);
    } catch (thrown) {
      const placed = codeOf(thrown) === "ENOENT" ? await stat(final).catch(() => null) : null;
      if (placed === null || placed.ino !== (await this.#file.stat()).ino) throw thrown;
    }
  }
}

/** User names are checked on creation; this is a second line of defence. */
function requireFolderName(owner: string): string {
  if (/^(?!\.)[^/\\\p{Cc}]{1,200}$/u.test(owner)) return owner;
  throw new Error(`Invalid folder name: ${owner}`);
}

/** Deletes a draft of a former version, unless its process has it locked. */
async function removeUnclaimed(path: string): Promise<boolean> {
  const file = await unlessMissing(open(path, "r"), null);
  if (file === null) return false;
  try {
    if (!claimFile(file.fd)) return false;
    await rm(path, { force: true });
    return true;
  } catch {
    return false; // The file system has no locks.
  } finally {
    await file.close();
  }
}

/** Creates missing folders, readable by their owner only; resolves when all their entries are durable. */
export async function makeFolder(folder: string): Promise<void> {
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
