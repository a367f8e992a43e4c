import { type FileHandle, mkdir, open, readdir, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type App, backupLock, STORED_FILES } from "../app.ts";
import { Archive, SITE_ENTRIES } from "../archive/archive.ts";
import { writeAtomically } from "../archive/atomic-file.ts";
import { countBytes } from "../archive/count-bytes.ts";
import { MANIFEST, type ManifestEntry } from "../archive/manifest.ts";
import { ManifestWriter, type Shortfall } from "../archive/manifest-writer.ts";
import { stampOf } from "../archive/timestamp.ts";
import { verifyEntry } from "../archive/verify-entry.ts";
import { writeZip, type ZipEntry } from "../archive/write-zip.ts";
import { BYTES_A_MB } from "../config/values/sizes.ts";
import { effectiveZone } from "../config/values/time-zone.ts";
import { DATABASE_FILE } from "../database/snapshots/database-restore.ts";
import type { Snapshot } from "../database/snapshots/snapshot.ts";
import type { BlobPath } from "../files/blob.ts";
import { readDisk } from "../os/disk.ts";
import { claimPath } from "../os/machine-lock.ts";
import { codeOf } from "../os/system-error.ts";
import { Problem } from "../problem.ts";
import { version } from "../version.ts";
import { isStoredBytes, listDataFiles } from "./data-files.ts";
import { DATABASE, FOLDERS, type SiteManifest, USERS } from "./site-manifest.ts";
import { text } from "./text.en.ts";

/** A finished backup of the site. */
export interface SiteBackup extends Shortfall {
  readonly path: string;
  readonly bytes: number;
  /** Other files that were deleted while the backup was made, such as an editor's temporary ones. */
  readonly vanished: readonly string[];
}

type OnBytes = (total: number) => void;

/** Names of site backups. */
export const SITE_ARCHIVE = /^trunk8_site_(\d{8})_\d{6}\.zip$/;

/** Folders for the snapshots of databases: one of each node, since nodes may share their data folder. */
const SNAPSHOT = ".snapshot-";
/** The name on every node until 1.0.0-alpha.1. */
const FORMER_SNAPSHOT = ".snapshot";
const ABANDONED_MS = 86_400_000;

/** Read from the disk at a time. */
const CHUNK_BYTES = 262_144;

/** How often, and in what intervals, to check whether another backup has ended. */
const TRIES = 5;
const WAIT_MS = 20;

/**
 * Backs up the whole site while it runs: a snapshot of the database, and every file that it refers to. The archive has a
 * temporary name until it is complete, durable and verified.
 * @param out default: a new name in `backups` of the data folder
 * @param onBytes gets the number of bytes written so far
 * @throws Problem `busy` while another backup is in progress, `storage_full`
 */
export async function backUpSite(
  app: App,
  out?: string,
  onBytes: OnBytes = () => {},
): Promise<SiteBackup> {
  const zone = effectiveZone(app.live.current);
  const backups = join(app.live.dataFolder, "backups");
  const path = out ?? join(backups, `trunk8_site_${stampOf(app.clock(), zone)}.zip`);
  using _ = await claim(app.runFolder);
  await using _held = await app.leases.hold(STORED_FILES, app.log);
  await removeSnapshots(app, backups);
  const working = join(backups, snapshotOf(app));
  await mkdir(working, { mode: 0o700 });
  try {
    return await make({ app, path, working, onBytes });
  } finally {
    await rm(working, { recursive: true, force: true });
  }
}

/** Removes the snapshots of crashed backups: this machine's, and old ones of any. Another node may be using its own. */
async function removeSnapshots(app: App, backups: string): Promise<void> {
  for (const name of await readdir(backups)) {
    if (!name.startsWith(FORMER_SNAPSHOT)) continue;
    const path = join(backups, name);
    const madeAt = (await stat(path).catch(() => null))?.mtimeMs ?? 0;
    if (name === snapshotOf(app) || madeAt < app.clock() - ABANDONED_MS)
      await rm(path, { recursive: true, force: true });
  }
}

/** The folder of this node's snapshot: the folder of backups may be shared. */
function snapshotOf({ nodes }: App): string {
  return SNAPSHOT + encodeURIComponent(nodes.name);
}

/** Locks out other backups of this machine. */
async function claim(runFolder: string): Promise<Disposable> {
  for (let tries = 0; tries < TRIES; tries++) {
    const lock = claimPath(backupLock(runFolder));
    if (lock !== null) return lock;
    await Bun.sleep(WAIT_MS);
  }
  throw new Problem("busy", text.inProgress, { retryAfterSeconds: 60 });
}

interface Order {
  readonly app: App;
  readonly path: string;
  /** For the snapshot. */
  readonly working: string;
  readonly onBytes: OnBytes;
}

async function make({ app, path, working, onBytes }: Order): Promise<SiteBackup> {
  await app.visits.flush();
  await requireSpace(app, path);
  const snapshot = await app.database.takeSnapshot(working);
  const manifest = new ManifestWriter();
  const vanished: string[] = [];
  const entries = entriesOf({ app, snapshot, working, manifest, vanished });
  const bytes = countBytes(writeZip(entries, app.clock()), onBytes);
  await writeAtomically(path, bytes, (draft) => verify(draft, manifest.entries));
  return { path, bytes: (await stat(path)).size, ...manifest.shortfall, vanished };
}

interface BackupParts {
  readonly app: App;
  readonly snapshot: Snapshot;
  /** Holds the files of the snapshot. */
  readonly working: string;
  readonly manifest: ManifestWriter;
  readonly vanished: string[];
}

async function* entriesOf(parts: BackupParts): AsyncGenerator<ZipEntry> {
  const { app, snapshot, working, manifest } = parts;
  for (const name of snapshot.files) {
    yield await fileEntry(manifest, DATABASE + name, await open(join(working, name)));
  }
  const known = new Set<string>();
  for await (const page of snapshot.blobs()) {
    for (const { path, ...expected } of page) {
      known.add(USERS + path);
      const bytes = await app.files.blobs.peek(path as BlobPath);
      if (bytes !== null) yield manifest.stored(USERS + path, bytes.stream(), expected);
      else manifest.missing.push(USERS + path);
    }
  }
  for (const folder of [USERS, ...FOLDERS]) {
    for await (const path of listDataFiles(app.live.dataFolder, folder)) {
      if (known.has(path) || isStoredBytes(path)) continue;
      const file = await openDataFile(parts, path);
      if (file !== null) yield await fileEntry(manifest, path, file);
    }
  }
  yield new ManifestWriter().text(MANIFEST, JSON.stringify(manifestOf(parts)));
}

/** Null for a file that is gone since it was listed, and for one that cannot be read: the backup goes on without it. */
async function openDataFile(
  { app, manifest, vanished }: BackupParts,
  path: string,
): Promise<FileHandle | null> {
  try {
    return await open(join(app.live.dataFolder, path));
  } catch (thrown) {
    const names = codeOf(thrown) === "ENOENT" ? vanished : manifest.missing;
    names.push(path);
    return null;
  }
}

async function fileEntry(
  manifest: ManifestWriter,
  name: string,
  file: FileHandle,
): Promise<ZipEntry> {
  const { size } = await file.stat();
  return manifest.stream(name, size, file.createReadStream({ highWaterMark: CHUNK_BYTES }));
}

/**
 * Checks before anything is written that there is space for the archive and the copy of the database, and that as much
 * stays free as the site needs.
 * @throws Problem `storage_full`
 */
async function requireSpace({ live, files }: App, path: string): Promise<void> {
  const database = await stat(join(live.dataFolder, DATABASE_FILE)).catch(() => null);
  const databaseBytes = database?.size ?? 0;
  const archiveBytes = databaseBytes + (await files.blobs.bytesUsed());
  const floor = live.current["ops.disk_floor_mb"] * BYTES_A_MB;
  await requireFree(live.dataFolder, databaseBytes + floor);
  await requireFree(dirname(path), archiveBytes + databaseBytes + floor);
}

async function requireFree(folder: string, bytes: number): Promise<void> {
  const disk = await readDisk(folder).catch(() => null);
  if (disk !== null && disk.freeBytes < bytes)
    throw new Problem("storage_full", text.backupSpace(bytes, disk.freeBytes));
}

function manifestOf({ app, manifest: { entries, missing }, vanished }: BackupParts): SiteManifest {
  return {
    format: "trunk8-site",
    version: 1,
    created_at: app.clock(),
    trunk8_version: version,
    entries,
    missing,
    ...(vanished.length > 0 && { vanished }),
  };
}

/** Reads the archive back and compares it with what was written. */
async function verify(path: string, entries: readonly ManifestEntry[]): Promise<void> {
  using archive = await Archive.open(path, SITE_ENTRIES);
  const expected = { entries: new Map(entries.map((entry) => [entry.name, entry])) };
  for (const { name } of entries) await verifyEntry(archive, expected, name);
}
