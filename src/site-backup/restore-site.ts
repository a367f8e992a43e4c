import { mkdir, rm, statfs } from "node:fs/promises";
import { basename, join } from "node:path";
import type { Archive } from "../archive/archive.ts";
import { moveFile, writeFile } from "../archive/atomic-file.ts";
import { beginRestore } from "../database/database-restore.ts";
import type { DatabaseRestore } from "../database/snapshot.ts";
import { syncFolder } from "../os/fsync.ts";
import { Problem } from "../problem.ts";
import type { Logger } from "../telemetry/log.ts";
import { formatBytes } from "../text/format.ts";
import { type Expected, verified } from "../user-backup/verify-archive.ts";
import { isStoredBytes, listDataFiles } from "./data-files.ts";
import { DATABASE, FOLDERS, readSiteManifest, type SiteManifest, USERS } from "./site-manifest.ts";

/** How an archive of everything is brought back. */
export interface SiteRestoreOrder {
  readonly archive: Archive;
  readonly dataFolder: string;
  /** What the processes of this machine share. */
  readonly runFolder: string;
  /** `postgres://...`, or empty for the file in the data folder. */
  readonly databaseUrl: string;
  /** Whether what is there may be set aside. */
  readonly replaces: boolean;
  /** Names what is set aside: `YYYYMMDD_HHMMSS`. */
  readonly stamp: string;
  readonly log: Logger;
}

export interface SiteRestored {
  readonly manifest: SiteManifest;
  /** Where what was there before is now; null where nothing was. */
  readonly aside: string | null;
}

/** Room that the disk must keep. */
const SPARE_BYTES = 67_108_864;

/**
 * Brings an archive of everything back into a data folder that nobody uses meanwhile. Until the database is put in its
 * place, in one step, all that was there stands; killed at any moment, the same once more finishes it.
 * @throws Problem `invalid` where the archive is damaged, `busy` while Trunk8 runs there, `forbidden` where something
 * is there and may not be set aside, `storage_full`
 */
export async function restoreSite(order: SiteRestoreOrder): Promise<SiteRestored> {
  const manifest = await readSiteManifest(order.archive);
  await using database = await beginRestore({ ...order, url: order.databaseUrl });
  if (!database.isEmpty && !order.replaces) throw occupied();
  await requireRoom(order);
  return await new SiteRestore(order, manifest).run(database);
}

function occupied(): Problem {
  const message =
    "There is data here already. With --replace it is set aside, and the backup takes its place.";
  return new Problem("forbidden", message);
}

async function requireRoom({ archive, dataFolder }: SiteRestoreOrder): Promise<void> {
  const { bavail, bsize } = await statfs(dataFolder);
  if (archive.size + SPARE_BYTES <= bavail * bsize) return;
  const message = `The backup needs ${formatBytes(archive.size)}, and the disk has no room for it.`;
  throw new Problem("storage_full", message);
}

/** One archive being brought back. */
class SiteRestore {
  readonly #order: SiteRestoreOrder;
  readonly #manifest: SiteManifest;
  /** Where what cannot take its place yet waits. */
  readonly #waiting: string;
  readonly #aside: string;
  readonly #expected: Expected;
  #hasSetAside = false;

  constructor(order: SiteRestoreOrder, manifest: SiteManifest) {
    this.#order = order;
    this.#manifest = manifest;
    this.#expected = { entries: new Map(manifest.entries.map((entry) => [entry.name, entry])) };
    this.#waiting = join(order.dataFolder, ".restoring");
    this.#aside = join(order.dataFolder, `replaced_${order.stamp}`);
  }

  async run(database: DatabaseRestore): Promise<SiteRestored> {
    await rm(this.#waiting, { recursive: true, force: true });
    for (const { name } of this.#manifest.entries) await this.#extract(name);
    if (!database.isEmpty) await this.#prepareAside();
    const files = this.#namesOfDatabase();
    await database.run(join(this.#waiting, DATABASE), files, this.#aside);
    await syncFolder(this.#order.dataFolder);
    // Visits that were not saved yet name links by the numbers of the old database.
    await rm(join(this.#order.runFolder, "visits"), { recursive: true, force: true });
    await this.#setOthersAside();
    await this.#placeOthers();
    await rm(this.#waiting, { recursive: true, force: true });
    return { manifest: this.#manifest, aside: this.#hasSetAside ? this.#aside : null };
  }

  /** Stored bytes harm nobody in their place: whatever has that name already has the same bytes. */
  async #extract(name: string): Promise<void> {
    const { archive, dataFolder } = this.#order;
    const waiting = join(this.#waiting, name);
    await writeFile(waiting, verified(archive, this.#expected, name));
    if (isStoredBytes(name)) await moveFile(waiting, join(dataFolder, name));
  }

  #namesOfDatabase(): string[] {
    const names = this.#manifest.entries.map(({ name }) => name);
    return names.filter((name) => name.startsWith(DATABASE)).map((name) => basename(name));
  }

  async #prepareAside(): Promise<void> {
    await mkdir(this.#aside, { recursive: true, mode: 0o700 });
    this.#hasSetAside = true;
  }

  /** What the new database does not know, and what is about to be replaced. */
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
      await moveFile(join(this.#waiting, name), join(this.#order.dataFolder, name));
    }
  }
}
