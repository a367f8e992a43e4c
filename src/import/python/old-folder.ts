import type { Stats } from "node:fs";
import { access, constants, readdir, readFile, realpath, stat } from "node:fs/promises";
import { isAbsolute, join, normalize, relative, resolve, sep } from "node:path";
import { codeOf } from "../../os/system-error.ts";
import { Problem } from "../../problem.ts";

/** A folder with the data of the original program, Trunk8 in Python. */
export interface OldFolder {
  readonly root: string;
  readonly users: string;
  /** Whether it is our data folder itself: then files stay where they lie. */
  readonly isInPlace: boolean;
}

/** A file among a user's assets. */
export interface OldFile {
  /** On this machine, through no symlink. */
  readonly place: string;
  /** The same from the assets folder on. */
  readonly relative: string;
  readonly size: number;
  /** When the disk says that it was last changed, in whole milliseconds since 1970 UTC. */
  readonly changedAt: number;
}

/** What one text file may have at most: it is read whole. */
const MOST_BYTES = 33_554_432;

/** Where the people of an old folder are listed, as people are told it. */
export const USERS_FILE = "users/users.toml";

/** The folder of half received files among assets that are ours already. */
const DRAFTS = ".drafts";

/** Whether a folder has data of the original's that nobody has moved in yet. */
export async function holdsOldData(folder: string): Promise<boolean> {
  return (await statIfThere(join(folder, USERS_FILE)))?.isFile() ?? false;
}

/** @throws Problem `not_found` where there is nothing of the original's */
export async function openOldFolder(path: string, dataFolder: string): Promise<OldFolder> {
  const root = resolve(path);
  if (!(await holdsOldData(root))) {
    throw new Problem("not_found", `${root} has no ${USERS_FILE}: it is no folder of Trunk8's.`);
  }
  const users = join(root, "users");
  const ours = await realpath(join(dataFolder, "users")).catch(() => null);
  return { root, users, isInPlace: ours === (await realpath(users)) };
}

/**
 * The text of a file; null when there is none.
 * @throws Problem `invalid` for what is no regular file, no UTF-8 or too large; `forbidden` where it may not be read
 */
export async function readOldText(path: string): Promise<string | null> {
  const found = await statIfThere(path);
  if (found === null) return null;
  if (!found.isFile()) throw new Problem("invalid", "It is no regular file.");
  if (found.size > MOST_BYTES) throw new Problem("invalid", "It is larger than 32 MB.");
  await requireReadable(path);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(await readFile(path));
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    throw new Problem("invalid", "It is not UTF-8 text.", { cause });
  }
}

/**
 * The file at `path` in an assets folder, symlinks followed as the original did as long as they stay inside; a text
 * says why there is none.
 * @throws Problem `forbidden` where it may not be read
 */
export async function findOldFile(assets: string, path: string): Promise<OldFile | string> {
  if (leadsOutside(path)) return `"${path}" leads out of the user's assets`;
  const [folder, place] = await Promise.all([real(assets), real(join(assets, path))]);
  if (folder === null || place === null) return `there is no file "${path}"`;
  if (!place.startsWith(folder + sep)) return `"${path}" leads out of the user's assets`;
  const found = await statIfThere(place);
  if (!found?.isFile()) return `"${path}" is no regular file`;
  await requireReadable(place);
  return {
    place,
    relative: relative(folder, place),
    size: found.size,
    changedAt: Math.floor(found.ctimeMs),
  };
}

/** Every file among assets, by its path from there on, in the order of their names. */
export async function listOldFiles(assets: string): Promise<string[]> {
  const entries = await readdir(assets, { withFileTypes: true, recursive: true }).catch(() => []);
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(assets, join(entry.parentPath, entry.name)))
    .filter((path) => !path.startsWith(DRAFTS + sep))
    .sort();
}

export async function statIfThere(path: string): Promise<Stats | null> {
  return await stat(path).catch((error: unknown) => {
    if (["ENOENT", "ENOTDIR", "ENAMETOOLONG", "ELOOP"].includes(codeOf(error))) return null;
    throw error;
  });
}

function leadsOutside(path: string): boolean {
  return path.includes("\0") || isAbsolute(path) || normalize(path).split(sep)[0] === "..";
}

async function real(path: string): Promise<string | null> {
  return await realpath(path).catch((error: unknown) => {
    if (["EACCES", "EPERM"].includes(codeOf(error))) throw unreadable(path, error);
    return null;
  });
}

async function requireReadable(path: string): Promise<void> {
  await access(path, constants.R_OK).catch((error: unknown) => {
    throw unreadable(path, error);
  });
}

/** Whoever moves in can mend this, and must not lose what lies there. */
function unreadable(path: string, cause: unknown): Problem {
  return new Problem("forbidden", `${path} may not be read by this user.`, { cause });
}
