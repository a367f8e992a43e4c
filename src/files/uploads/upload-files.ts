import { constants } from "node:fs";
import { type FileHandle, link, open, readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { syncFolder } from "../../os/fsync.ts";
import { codeOf } from "../../os/system-error.ts";
import type { BlobPath, BlobStore } from "../blob.ts";
import { explained, unlessMissing } from "../store/folder-faults.ts";
import { makeFolder } from "../store/local-store.ts";
import { requireUploadId } from "./upload.ts";

/** In the folder of stored files, which nodes may share; because of its dot it is never a user's folder. */
const UPLOADS = ".uploads";

const { O_CREAT, O_RDWR } = constants;

/** Errors of file systems without hard links. */
const NO_LINKS: ReadonlySet<string> = new Set([
  "EPERM",
  "ENOTSUP",
  "EOPNOTSUPP",
  "ENOSYS",
  "EXDEV",
]);

/** The bytes of uploads under way: each one file that has its id as its name. */
export class UploadFiles {
  readonly #users: string;
  readonly #folder: string;
  readonly #store: Pick<BlobStore, "check">;

  /** @param users folder of stored files */
  constructor(users: string, store: Pick<BlobStore, "check">) {
    this.#users = users;
    this.#folder = join(users, UPLOADS);
    this.#store = store;
  }

  /**
   * Opens the file of an upload for reading and writing; creates it where it is missing.
   * @throws Problem `busy` where the store is not available, `storage_full`
   */
  async open(id: string): Promise<FileHandle> {
    await this.#store.check();
    await explained(makeFolder(this.#folder));
    return await explained(open(this.#pathOf(id), O_RDWR | O_CREAT, 0o600));
  }

  /** Makes the name of a new file durable. */
  async syncNames(): Promise<void> {
    await explained(syncFolder(this.#folder));
  }

  /** The size of the file of an upload; null if there is none. */
  async measure(id: string): Promise<number | null> {
    await this.#store.check();
    const found = await explained(unlessMissing(stat(this.#pathOf(id)), null));
    return found === null ? null : found.size;
  }

  /** Replaces the file of an upload by that of a draft. */
  async replace(id: string, draft: string): Promise<void> {
    await explained(rename(this.#pathOf(draft), this.#pathOf(id)));
    await this.syncNames();
  }

  async remove(id: string): Promise<void> {
    await rm(this.#pathOf(id), { force: true });
  }

  /**
   * Stores the bytes of an upload at their path, durably. They keep the name they had, so that a crash before the link is
   * created loses nothing; where the file system has no hard links, they lose it.
   */
  async place(id: string, path: BlobPath): Promise<void> {
    const [from, to] = [this.#pathOf(id), join(this.#users, path)];
    await explained(makeFolder(dirname(to)));
    await explained(
      link(from, to).catch((thrown) => {
        if (!NO_LINKS.has(codeOf(thrown))) throw thrown;
        return rename(from, to);
      }),
    );
    await explained(syncFolder(dirname(to)));
  }

  /** Makes stored bytes those of an upload, too; false where the file system has no hard links, or they are gone. */
  async repeat(stored: BlobPath, id: string): Promise<boolean> {
    await this.#store.check();
    await explained(makeFolder(this.#folder));
    try {
      await link(join(this.#users, stored), this.#pathOf(id));
      await this.syncNames();
      return true;
    } catch {
      return false;
    }
  }

  /**
   * The ids of all uploads that have a file, with the time of its last change by the clock of the folder: also that of
   * another name for the same bytes.
   */
  async list(): Promise<ReadonlyMap<string, number>> {
    await this.#store.check();
    const found = new Map<string, number>();
    for (const name of await unlessMissing(readdir(this.#folder), [])) {
      const file = await unlessMissing(stat(this.#pathOf(name)), null);
      if (file !== null) found.set(name, file.ctimeMs);
    }
    return found;
  }

  #pathOf(id: string): string {
    requireUploadId(id);
    return join(this.#folder, id);
  }
}
