import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { User } from "../accounts/user.ts";
import type { App } from "../app.ts";
import { writeFile } from "../archive/atomic-file.ts";
import { BYTES_A_MB } from "../config/values/sizes.ts";
import { makeUuid } from "../files/blob.ts";
import { fileTooLarge } from "../files/receive.ts";
import { readDisk } from "../os/disk.ts";
import { type Actor, isAdministrator } from "../policy.ts";
import { Problem } from "../problem.ts";
import { text } from "./text.en.ts";

/** Uploaded archives are kept for a while, so that they need not be sent again after the preview. */
const KEPT_MS = 3_600_000;

/** Lists of what an import has refused are kept as long as its result. */
const REFUSED = /^refused-\d+\.csv$/;
const REFUSED_KEPT_MS = 30 * 86_400_000;

const TOKEN = /^[0-9]+-[0-9a-f-]{36}$/;
const ARCHIVE = /^trunk8_backup_(.+)_\d{8}_\d{6}\.zip$/;

/** An uploaded archive. Disposing it deletes it, unless it is kept. */
export interface UploadedArchive extends AsyncDisposable {
  /** Finds it again, for its sender alone. */
  readonly token: string;
  readonly path: string;
  keep(): void;
}

/** What is uploaded: a backup, or links for an import. */
export type UploadKind = "zip" | "csv";

/** What an archive may have beside the files of a full account: its lists. */
const LISTS_BYTES = 67_108_864;

/** How often the free space is looked at while an archive is received. */
const LOOK_BYTES = 16_777_216;

/**
 * The largest archive that a user may upload: that of a full account, and at most `backup.max_upload_mb`. The operator's
 * limit alone counts for administrators, who restore the archives of others.
 */
export async function maxUpload({ live, files }: App, user: User): Promise<number> {
  const megabytes = live.current["backup.max_upload_mb"];
  const most = megabytes === 0 ? Infinity : megabytes * BYTES_A_MB;
  const { quota } = await files.blobs.usageOf(user.id);
  if (quota === 0 || user.role === "administrator") return most;
  return Math.min(most, quota + LISTS_BYTES);
}

/** @throws Problem `storage_full` where so many more bytes would leave less free space than `ops.disk_floor_mb` */
export async function requireDiskSpace({ live }: App, bytes: number): Promise<void> {
  const { freeBytes } = await readDisk(live.dataFolder);
  const floor = live.current["ops.disk_floor_mb"] * BYTES_A_MB;
  if (freeBytes - bytes < floor) throw new Problem("storage_full", text.space.upload);
}

/**
 * Stores an uploaded archive, no faster than the disk, in place of the user's previous one.
 * @throws Problem `too_large`, `storage_full`, and whatever its bytes throw; nothing is left then
 */
export async function receiveArchive(
  app: App,
  user: User,
  bytes: AsyncIterable<Uint8Array>,
  maxBytes: number,
  kind: UploadKind = "zip",
): Promise<UploadedArchive> {
  const token = `${user.id}-${makeUuid(app.random)}`;
  const path = pathOf(app, token, kind);
  await removePrevious(app, user);
  try {
    await writeFile(path, limited(app, path, bytes, maxBytes));
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
  return uploadedArchive(token, path);
}

/** Finds an archive that the same user uploaded before; null if it is gone. */
export async function findArchive(
  app: App,
  user: User,
  token: string,
  kind: UploadKind = "zip",
): Promise<UploadedArchive | null> {
  if (!TOKEN.test(token) || !token.startsWith(`${user.id}-`)) return null;
  const path = pathOf(app, token, kind);
  return (await Bun.file(path).exists()) ? uploadedArchive(token, path) : null;
}

/** Removes old uploads that no restore uses; returns how many. */
export async function sweepArchives(app: App): Promise<number> {
  let swept = 0;
  for (const name of await listUnused(app)) {
    const path = join(folderOf(app), name);
    const found = await stat(path).catch(() => null);
    const keptMs = REFUSED.test(name) ? REFUSED_KEPT_MS : KEPT_MS;
    if (found === null || found.mtimeMs > app.clock() - keptMs) continue;
    await rm(path, { force: true });
    swept++;
  }
  return swept;
}

/** Lists the users' archives in `backups` of the data folder that the actor may use. */
export async function listPlacedArchives(app: App, actor: Actor): Promise<string[]> {
  const names = await readdir(join(app.live.dataFolder, "backups")).catch(() => []);
  return names.filter((name) => mayUse(actor, name)).sort();
}

/** The path of one of them; null if there is none of that name for the actor. */
export async function findPlacedArchive(
  app: App,
  actor: Actor,
  name: string,
): Promise<string | null> {
  const known = await listPlacedArchives(app, actor);
  return known.includes(name) ? join(app.live.dataFolder, "backups", name) : null;
}

function mayUse(actor: Actor, name: string): boolean {
  const username = ARCHIVE.exec(name)?.[1];
  if (username === undefined) return false;
  return isAdministrator(actor) || (actor.is === "user" && actor.username === username);
}

function uploadedArchive(token: string, path: string): UploadedArchive {
  let isKept = false;
  return {
    token,
    path,
    keep: () => {
      isKept = true;
    },
    [Symbol.asyncDispose]: async () => {
      if (!isKept) await rm(path, { force: true });
    },
  };
}

/** Deletes what the user uploaded before, or still uploads, unless a restore uses it. */
async function removePrevious(app: App, user: User): Promise<void> {
  const names = (await listUnused(app)).filter((name) => name.startsWith(`${user.id}-`));
  for (const name of names) await rm(join(folderOf(app), name), { force: true });
}

/** The names of uploads that no restore uses. */
async function listUnused(app: App): Promise<string[]> {
  const used = new Set((await app.links.restores.listRunning()).map(({ archive }) => archive));
  const names = await readdir(folderOf(app)).catch(() => []);
  return names.filter((name) => !used.has(join(folderOf(app), name)));
}

async function* limited(
  app: App,
  path: string,
  bytes: AsyncIterable<Uint8Array>,
  maxBytes: number,
): AsyncGenerator<Uint8Array> {
  let size = 0;
  let looked = 0;
  for await (const chunk of bytes) {
    size += chunk.byteLength;
    if (size > maxBytes) throw fileTooLarge(maxBytes);
    if (size - looked >= LOOK_BYTES) {
      looked = size;
      await requireDiskSpace(app, 0);
      if (!(await Bun.file(path).exists())) throw new Problem("busy", text.restores.replacedUpload);
    }
    yield chunk;
  }
}

function folderOf({ live }: App): string {
  return join(live.dataFolder, "backups", "sent");
}

function pathOf(app: App, token: string, kind: UploadKind): string {
  return join(folderOf(app), `${token}.${kind}`);
}

/** Where the lines are listed that an import has refused. */
export function refusedPath(app: App, importId: number): string {
  return join(folderOf(app), `refused-${importId}.csv`);
}
