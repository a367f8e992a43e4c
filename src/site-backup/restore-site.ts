import { mkdir, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import type { Archive } from "../archive/archive.ts";
import { moveFile, writeFile } from "../archive/atomic-file.ts";
import { type Expected, verified } from "../archive/verify-entry.ts";
import { beginRestore } from "../database/snapshots/database-restore.ts";
import type { DatabaseRestore } from "../database/snapshots/snapshot.ts";
import { readDisk } from "../os/disk.ts";
import { syncFolder } from "../os/fsync.ts";
import { Problem } from "../problem.ts";
import type { Logger } from "../telemetry/log.ts";
import { isStoredBytes, listDataFiles } from "./data-files.ts";
import { DATABASE, FOLDERS, readSiteManifest, type SiteManifest, USERS } from "./site-manifest.ts";
import { text } from "./text.en.ts";

/** How a site is restored. */
export interface SiteRestoreOrder {
  readonly archive: Archive;
  readonly dataFolder: string;
  /** The folder that the processes of this machine share. */
  readonly runFolder: string;
  /** `postgres://...`, or empty for the file in the data folder. */
  readonly databaseUrl: string;
  /** Whether existing data may be set aside. */
  readonly replaces: boolean;
  /** In the name of the folder for data that is set aside: `YYYYMMDD_HHMMSS`. */
  readonly stamp: string;
  readonly log: Logger;
  /** Called when a file has been extracted, with how many have been, of how many. */
  readonly onFile?: (done: number, total: number) => void;
}

export interface SiteRestored {
  readonly manifest: SiteManifest;
  /** The folder of the data that was set aside; null if there was none. */
  readonly aside: string | null;
}

/** Space that must stay free on the disk. */
const SPARE_BYTES = 67_108_864;

/**
 * Restores the archive of a site into a data folder that is not in use. Until the database is put in its place, in one
 * step, existing data stays; after a kill at any moment, restoring again completes it.
 * @throws Problem `invalid` if the archive is damaged, `busy` while Trunk8 runs there, `forbidden` if there is data that
 * may not be set aside, `storage_full`
 */
export async function restoreSite(order: SiteRestoreOrder): Promise<SiteRestored> {
  const manifest = await readSiteManifest(order.archive);
  await using database = await beginRestore({ ...order, url: order.databaseUrl });
  if (!database.isEmpty && !order.replaces) throw new Problem("forbidden", text.occupied);
  await requireSpace(order);
  return await new SiteRestore(order, manifest).run(database);
}

async function requireSpace({ archive, dataFolder }: SiteRestoreOrder): Promise<void> {
  const { freeBytes } = await readDisk(dataFolder);
  if (archive.size + SPARE_BYTES <= freeBytes) return;
  throw new Problem("storage_full", text.diskSpace(archive.size));
}

/** Restores one archive. */
class SiteRestore {
  readonly #order: SiteRestoreOrder;
  readonly #manifest: SiteManifest;
  /** Holds extracted files that cannot take their place yet. */
  readonly #staging: string;
  readonly #aside: string;
  readonly #expected: Expected;
  #hasSetAside = false;

  constructor(order: SiteRestoreOrder, manifest: SiteManifest) {
    this.#order = order;
    this.#manifest = manifest;
    this.#expected = { entries: new Map(manifest.entries.map((entry) => [entry.name, entry])) };
    this.#staging = join(order.dataFolder, ".restoring");
    this.#aside = join(order.dataFolder, `replaced_${order.stamp}`);
  }

  async run(database: DatabaseRestore): Promise<SiteRestored> {
    await rm(this.#staging, { recursive: true, force: true });
    for (const [at, { name }] of this.#manifest.entries.entries()) {
      await this.#extract(name);
      this.#order.onFile?.(at + 1, this.#manifest.entries.length);
    }
    if (!database.isEmpty) await this.#prepareAside();
    const files = this.#namesOfDatabase();
    await database.run(join(this.#staging, DATABASE), files, this.#aside);
    await syncFolder(this.#order.dataFolder);
    // Unsaved visits refer to links by the ids of the old database.
    await rm(join(this.#order.runFolder, "visits"), { recursive: true, force: true });
    await this.#setOthersAside();
    await this.#placeOthers();
    await rm(this.#staging, { recursive: true, force: true });
    return { manifest: this.#manifest, aside: this.#hasSetAside ? this.#aside : null };
  }

  /** Stored files take their place at once: a file that has the name already has the same content. */
  async #extract(name: string): Promise<void> {
    const { archive, dataFolder } = this.#order;
    const staged = join(this.#staging, name);
    await writeFile(staged, verified(archive, this.#expected, name));
    if (isStoredBytes(name)) await moveFile(staged, join(dataFolder, name));
  }

  #namesOfDatabase(): string[] {
    const names = this.#manifest.entries.map(({ name }) => name);
    return names.filter((name) => name.startsWith(DATABASE)).map((name) => basename(name));
  }

  async #prepareAside(): Promise<void> {
    await mkdir(this.#aside, { recursive: true, mode: 0o700 });
    this.#hasSetAside = true;
  }

  /** Sets aside what the new database does not refer to, and what is about to be replaced. */
  async #setOthersAside(): Promise<void> {
    const { dataFolder } = this.#order;
    const kept = new Set(this.#manifest.entries.map(({ name }) => name).filter(isStoredBytes));
    for (const folder of [USERS, ...FOLDERS]) {
      for await (const path of listDataFiles(dataFolder, folder)) {
        if (kept.has(path)) continue;
        this.#hasSetAside = true;
        await moveFile(join(dataFolder, path), join(this.#aside, path));
      }
    }
  }

  async #placeOthers(): Promise<void> {
    for (const { name } of this.#manifest.entries) {
      if (isStoredBytes(name) || name.startsWith(DATABASE)) continue;
      await moveFile(join(this.#staging, name), join(this.#order.dataFolder, name));
    }
  }
}
