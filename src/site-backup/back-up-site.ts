import { closeSync, createReadStream, openSync } from "node:fs";
import { mkdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { type App, backupLock } from "../app.ts";
import { Archive } from "../archive/archive.ts";
import { writeWhole } from "../archive/atomic-file.ts";
import { MANIFEST, type ManifestEntry } from "../archive/manifest.ts";
import { Ledger } from "../archive/manifest-writer.ts";
import { stampOf } from "../archive/timestamp.ts";
import { writeZip, type ZipEntry } from "../archive/write-zip.ts";
import { effectiveZone } from "../config/values/time-zone.ts";
import type { Snapshot } from "../database/snapshot.ts";
import type { BlobPath } from "../files/blob.ts";
import { claimFile } from "../os/machine-lock.ts";
import { Problem } from "../problem.ts";
import { checkEntry } from "../user-backup/verify-archive.ts";
import { version } from "../version.ts";
import { isStoredBytes, listDataFiles } from "./data-files.ts";
import { DATABASE, FOLDERS, type SiteManifest, USERS } from "./site-manifest.ts";

/** What a backup of everything has become. */
export interface SiteBackup {
  readonly path: string;
  readonly bytes: number;
  /** Files that were not on the disk as they had been stored. */
  readonly damaged: readonly string[];
}

/** Backups of everything in a data folder have such names. */
export const SITE_ARCHIVE = /^trunk8_site_(\d{8})_\d{6}\.zip$/;

/** Read from the disk at a time. */
const CHUNK_BYTES = 262_144;

/** How often it is asked whether another backup is over. */
const TRIES = 5;
const WAIT_MS = 20;

/**
 * Makes one archive of everything, while the site runs: the database of one moment, and all that it speaks of. Until it
 * is whole, durable and read once more, it has another name.
 * @param out default: a new name in `backups` of the data folder
 * @throws Problem `busy` while another is made, `storage_full`
 */
export async function backUpSite(app: App, out?: string): Promise<SiteBackup> {
  const zone = effectiveZone(app.live.current);
  const backups = join(app.live.dataFolder, "backups");
  const path = out ?? join(backups, `trunk8_site_${stampOf(app.clock(), zone)}.zip`);
  using _ = await claim(app.runFolder);
  const working = join(backups, ".snapshot");
  await rm(working, { recursive: true, force: true });
  await mkdir(working, { mode: 0o700 });
  try {
    return await make(app, path, working);
  } finally {
    await rm(working, { recursive: true, force: true });
  }
}

/** One at a time on a machine; meanwhile no stored bytes are removed. */
async function claim(runFolder: string): Promise<Disposable> {
  const file = openSync(backupLock(runFolder), "a", 0o600);
  for (let tries = 0; tries < TRIES; tries++) {
    if (claimFile(file)) return { [Symbol.dispose]: () => closeSync(file) };
    await Bun.sleep(WAIT_MS);
  }
  closeSync(file);
  throw new Problem("busy", "Another backup is being made.", { retryAfterSeconds: 60 });
}

async function make(app: App, path: string, working: string): Promise<SiteBackup> {
  await app.visits.flush();
  const snapshot = await app.database.takeSnapshot(working);
  const ledger = new Ledger();
  const bytes = writeZip(entriesOf({ app, snapshot, working, ledger }), app.clock());
  await writeWhole(path, bytes, (draft) => verify(draft, ledger.entries));
  return { path, bytes: (await stat(path)).size, damaged: ledger.damaged };
}

interface Making {
  readonly app: App;
  readonly snapshot: Snapshot;
  /** Holds the files of the snapshot. */
  readonly working: string;
  readonly ledger: Ledger;
}

async function* entriesOf(making: Making): AsyncGenerator<ZipEntry> {
  const { app, snapshot, working, ledger } = making;
  for (const name of snapshot.files) {
    yield await fileEntry(ledger, DATABASE + name, join(working, name));
  }
  const known = new Set<string>();
  for await (const page of snapshot.blobs()) {
    for (const { path, ...expected } of page) {
      known.add(USERS + path);
      const bytes = await app.blobs.peek(path as BlobPath);
      if (bytes !== null) yield ledger.stored(USERS + path, bytes.stream(), expected);
      else ledger.missing.push(USERS + path);
    }
  }
  for (const folder of [USERS, ...FOLDERS]) {
    for await (const path of listDataFiles(app.live.dataFolder, folder)) {
      if (known.has(path) || isStoredBytes(path)) continue;
      yield await fileEntry(ledger, path, join(app.live.dataFolder, path));
    }
  }
  yield new Ledger().text(MANIFEST, JSON.stringify(manifestOf(making)));
}

async function fileEntry(ledger: Ledger, name: string, path: string): Promise<ZipEntry> {
  const { size } = await stat(path);
  return ledger.stream(name, size, createReadStream(path, { highWaterMark: CHUNK_BYTES }));
}

function manifestOf({ app, ledger: { entries, missing } }: Making): SiteManifest {
  return {
    format: "trunk8-site",
    version: 1,
    created_at: app.clock(),
    trunk8_version: version,
    entries,
    missing,
  };
}

/** What the disk gives back is what went there. */
async function verify(path: string, entries: readonly ManifestEntry[]): Promise<void> {
  using archive = await Archive.open(path);
  const expected = { entries: new Map(entries.map((entry) => [entry.name, entry])) };
  for (const { name } of entries) await checkEntry(archive, expected, name);
}
