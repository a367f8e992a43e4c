import { constants } from "node:fs";
import { access, chmod, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "../../clock.ts";
import type { Settings } from "../../config/settings.ts";
import { BYTES_A_MB } from "../../config/values/sizes.ts";
import type { Fault } from "../../fault.ts";
import { readDisk, remoteFileSystem } from "../../os/disk.ts";
import { findLockHolder, readOpenFileLimit } from "../../os/open-files.ts";
import { text } from "./text.en.ts";

/** Folders and settings of a site, for the checks that need no database. */
export interface Place {
  readonly dataFolder: string;
  readonly runFolder: string;
  readonly settings: Settings;
  readonly clock: Clock;
}

/** Files and folders that only their owner may access, with the mode bits that others must not have. */
const guarded: Readonly<Record<string, number>> = {
  config: 0o007,
  "config/config.toml": 0o077,
  "config/secret.key": 0o077,
  "trunk8.db": 0o007,
  users: 0o007,
  backups: 0o007,
};

/** Finds files and folders that other users can read, or that belong to another user. */
export async function* findLooseFiles({ dataFolder }: Place): AsyncGenerator<Fault> {
  yield* findUnwritable(dataFolder);
  const { uid } = await stat(dataFolder);
  for (const [name, tooMany] of Object.entries(guarded)) {
    const path = join(dataFolder, name);
    const found = await stat(path).catch(() => null);
    if (found === null) continue;
    if (found.uid !== uid)
      yield {
        what: text.permissions.otherOwner(path),
        remedy: `chown ${uid} ${path}`,
      };
    if ((found.mode & tooMany) !== 0) yield describeLoose(path, found.mode, tooMany);
  }
}

async function* findUnwritable(dataFolder: string): AsyncGenerator<Fault> {
  const isWritable = await access(dataFolder, constants.W_OK).then(
    () => true,
    () => false,
  );
  if (!isWritable)
    yield {
      what: text.permissions.notWritable(dataFolder),
      remedy: text.permissions.notWritableRemedy,
    };
}

function describeLoose(path: string, mode: number, tooMany: number): Fault {
  const right = mode & 0o777 & ~tooMany;
  return {
    what: text.permissions.readable(path, octal(mode & 0o777)),
    remedy: `chmod ${octal(right)} ${path}`,
    fix: () => chmod(path, right),
  };
}

function octal(mode: number): string {
  return mode.toString(8).padStart(4, "0");
}

/** Finds a disk with less free space than `ops.disk_floor_mb`. */
export async function* findFullDisks({ dataFolder, settings }: Place): AsyncGenerator<Fault> {
  const { freeBytes } = await readDisk(dataFolder);
  const floor = settings["ops.disk_floor_mb"];
  if (freeBytes >= floor * BYTES_A_MB) return;
  yield {
    what: text.disk.low(Math.floor(freeBytes / BYTES_A_MB), dataFolder, floor),
    remedy: text.disk.lowRemedy,
  };
}

/** Finds folders on network file systems: what processes map or lock must be on a local disk. */
export async function* findRemoteFolders(place: Place): AsyncGenerator<Fault> {
  const remoteRun = await remoteFileSystem(place.runFolder).catch(() => null);
  if (remoteRun !== null)
    yield {
      what: text.folders.runRemote(place.runFolder, remoteRun),
      remedy: text.folders.runRemoteRemedy,
    };
  if (place.settings["database.url"] !== "") return;
  const remoteData = await remoteFileSystem(place.dataFolder);
  if (remoteData !== null)
    yield {
      what: text.folders.databaseRemote(remoteData),
      remedy: text.folders.databaseRemoteRemedy,
    };
}

/** Each connection is an open file, and each file that is being sent another. */
const OPEN_FILES = 8192;

/** Finds a low limit of open files: of the running server, or of this process if none runs. */
export async function* findTightLimits({ runFolder }: Place): AsyncGenerator<Fault> {
  const server = await findLockHolder(join(runFolder, "jobs"));
  const limit = await readOpenFileLimit(server ?? "self");
  if (limit === null || limit >= OPEN_FILES) return;
  yield {
    what:
      server === null
        ? text.openFiles.processLimit(limit, OPEN_FILES)
        : text.openFiles.serverLimit(limit, OPEN_FILES),
    remedy: text.openFiles.remedy,
  };
}

/** Tolerance for differences between file systems' clocks. */
const CLOCK_SLACK_MS = 60_000;

/** Finds files that were modified in the future: the clock is wrong or was set back. */
export async function* findFutureFiles({ dataFolder, clock }: Place): AsyncGenerator<Fault> {
  for (const name of Object.keys(guarded)) {
    const found = await stat(join(dataFolder, name)).catch(() => null);
    if (found !== null && found.mtimeMs > clock() + CLOCK_SLACK_MS)
      yield {
        what: text.fileTimes.future(name, found.mtime.toISOString()),
        remedy: text.fileTimes.remedy,
      };
  }
}
