import { constants } from "node:fs";
import { access, chmod, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "../../clock.ts";
import type { Settings } from "../../config/settings.ts";
import { BYTES_A_MB } from "../../config/values/sizes.ts";
import type { Fault } from "../../fault.ts";
import { readDisk, remoteFileSystem } from "../../os/disk.ts";
import { findLockHolder, readOpenFileLimit } from "../../os/open-files.ts";

/** Where a site is, as it can be looked at before its database is opened. */
export interface Place {
  readonly dataFolder: string;
  readonly runFolder: string;
  readonly settings: Settings;
  readonly clock: Clock;
}

/** What must be nobody's but the owner's: rights that anybody else has there are too many. */
const guarded: Readonly<Record<string, number>> = {
  config: 0o007,
  "config/config.toml": 0o077,
  "config/secret.key": 0o077,
  "trunk8.db": 0o007,
  users: 0o007,
  backups: 0o007,
};

/** Files and folders that others than their owner can read, or that are another's. */
export async function* findLooseFiles({ dataFolder }: Place): AsyncGenerator<Fault> {
  yield* findUnwritable(dataFolder);
  const { uid } = await stat(dataFolder);
  for (const [name, tooMany] of Object.entries(guarded)) {
    const path = join(dataFolder, name);
    const found = await stat(path).catch(() => null);
    if (found === null) continue;
    if (found.uid !== uid)
      yield {
        what: `${path} belongs to another user than the data folder.`,
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
      what: `${dataFolder} cannot be written to by the user that calls.`,
      remedy: "Call trunk8 as the user that the service runs as, or as root.",
    };
}

function describeLoose(path: string, mode: number, tooMany: number): Fault {
  const right = mode & 0o777 & ~tooMany;
  return {
    what: `Others can read ${path}, as its mode is ${octal(mode & 0o777)}.`,
    remedy: `chmod ${octal(right)} ${path}`,
    fix: () => chmod(path, right),
  };
}

function octal(mode: number): string {
  return mode.toString(8).padStart(4, "0");
}

/** Whether the disk has less room than it should. */
export async function* findFullDisks({ dataFolder, settings }: Place): AsyncGenerator<Fault> {
  const { freeBytes } = await readDisk(dataFolder);
  const floor = settings["ops.disk_floor_mb"];
  if (freeBytes >= floor * BYTES_A_MB) return;
  yield {
    what: `${Math.floor(freeBytes / BYTES_A_MB)} MB are free where ${dataFolder} is, and ${floor} should be.`,
    remedy: "Make room there, or lower ops.disk_floor_mb in config.toml.",
  };
}

/** What processes map or lock has to be on a disk of this machine. */
export async function* findRemoteFolders(place: Place): AsyncGenerator<Fault> {
  const remoteRun = await remoteFileSystem(place.runFolder).catch(() => null);
  if (remoteRun !== null)
    yield {
      what: `${place.runFolder} is on a network file system (${remoteRun}).`,
      remedy: '[server] run_folder = "/run/trunk8" in config.toml',
    };
  if (place.settings["database.url"] !== "") return;
  const remoteData = await remoteFileSystem(place.dataFolder);
  if (remoteData !== null)
    yield {
      what: `trunk8.db is on a network file system (${remoteData}), where nobody can lock it.`,
      remedy: "Move the data folder to a disk of this machine, or set database.url.",
    };
}

/** Each connection is an open file, and each answer from the disk another. */
const OPEN_FILES = 8192;

/** How many files the running server may have open, or this process where none runs. */
export async function* findTightLimits({ runFolder }: Place): AsyncGenerator<Fault> {
  const server = await findLockHolder(join(runFolder, "jobs"));
  const limit = await readOpenFileLimit(server ?? "self");
  if (limit === null || limit >= OPEN_FILES) return;
  yield {
    what: `${server === null ? "A process started here" : "The server"} may open ${limit} files; ${OPEN_FILES} are needed for many visitors.`,
    remedy: "LimitNOFILE=65535 in the systemd unit, or ulimit -n 65535 before the start",
  };
}

/** Clocks that are written to a disk differ by a little. */
const CLOCK_SLACK_MS = 60_000;

/** Files from the future: the clock was set back, or is wrong. */
export async function* findFutureFiles({ dataFolder, clock }: Place): AsyncGenerator<Fault> {
  for (const name of Object.keys(guarded)) {
    const found = await stat(join(dataFolder, name)).catch(() => null);
    if (found !== null && found.mtimeMs > clock() + CLOCK_SLACK_MS)
      yield {
        what: `${name} was last changed at ${found.mtime.toISOString()}, which is still to come.`,
        remedy: "Set this machine's clock: timedatectl set-ntp true",
      };
  }
}
