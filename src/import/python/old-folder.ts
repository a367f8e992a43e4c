import type { Stats } from "node:fs";
import { access, constants, readdir, readFile, realpath, stat } from "node:fs/promises";
import { isAbsolute, join, normalize, relative, resolve, sep } from "node:path";
import { codeOf } from "../../os/system-error.ts";
import { Problem } from "../../problem.ts";
import { text } from "./text.en.ts";

/** A data folder of the Python Trunk8. */
export interface OldFolder {
  readonly root: string;
  readonly users: string;
  /** Whether it is our data folder itself: then files are not copied. */
  readonly isInPlace: boolean;
}

/** A file among a user's assets. */
export interface OldFile {
  /** On this machine, through no symlink. */
  readonly place: string;
  /** The same, from the assets folder on. */
  readonly relative: string;
  readonly size: number;
  /** Its change time on disk, in whole milliseconds since 1970 UTC. */
  readonly changedAt: number;
}

/** Largest text file: it is read whole. */
const MAX_BYTES = 33_554_432;

/** The file that lists the users of an old folder, as reports name it. */
export const USERS_FILE = "users/users.toml";

/** The folders of partial uploads in an assets folder that is in use already. */
const DRAFTS = [".uploads", ".drafts"];

/** Whether a folder holds data of the Python Trunk8 that was not imported in place yet. */
export async function holdsOldData(folder: string): Promise<boolean> {
  return (await statIfThere(join(folder, USERS_FILE)))?.isFile() ?? false;
}

/** @throws Problem `not_found` if it is not an old data folder */
export async function openOldFolder(path: string, dataFolder: string): Promise<OldFolder> {
  const root = resolve(path);
  if (!(await holdsOldData(root)))
    throw new Problem("not_found", text.folder.notOld(root, USERS_FILE));
  const users = join(root, "users");
  const ours = await realpath(join(dataFolder, "users")).catch(() => null);
  return { root, users, isInPlace: ours === (await realpath(users)) };
}

/**
 * Reads a text file; null if there is none.
 * @throws Problem `invalid` if it is not a regular file, not UTF-8 or too large; `forbidden` without permission
 */
export async function readOldText(path: string): Promise<string | null> {
  const found = await statIfThere(path);
  if (found === null) return null;
  if (!found.isFile()) throw new Problem("invalid", text.file.notRegular);
  if (found.size > MAX_BYTES) throw new Problem("invalid", text.file.tooLarge);
  await requireReadable(path);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(await readFile(path));
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    throw new Problem("invalid", text.file.notUtf8, { cause });
  }
}

/**
 * Finds the folder of a user's files; null if there is none, or if it is a symlink, which may lead anywhere.
 * @throws Problem `forbidden` if it may not be read
 */
export async function findAssets({ users }: OldFolder, oldName: string): Promise<string | null> {
  const [folder, assets] = await Promise.all([real(users), real(join(users, oldName, "assets"))]);
  return folder !== null && assets === join(folder, oldName, "assets") ? assets : null;
}

/**
 * Finds the file at `path` in an assets folder; symlinks are followed as the old program did, as long as they stay
 * inside. A text says why there is none.
 * @param assets from `findAssets`
 * @throws Problem `forbidden` if it may not be read
 */
export async function findOldFile(assets: string | null, path: string): Promise<OldFile | string> {
  if (leadsOutside(path)) return text.links.outside(path);
  const place = assets === null ? null : await real(join(assets, path));
  if (assets === null || place === null) return text.links.notFound(path);
  if (!place.startsWith(assets + sep)) return text.links.outside(path);
  const found = await statIfThere(place);
  if (!found?.isFile()) return text.links.notRegular(path);
  await requireReadable(place);
  return {
    place,
    relative: relative(assets, place),
    size: found.size,
    changedAt: Math.floor(found.ctimeMs),
  };
}

/** Lists every file of an assets folder by its path from there on, sorted. */
export async function listOldFiles(assets: string): Promise<string[]> {
  const entries = await readdir(assets, { withFileTypes: true, recursive: true }).catch(() => []);
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(assets, join(entry.parentPath, entry.name)))
    .filter((path) => !DRAFTS.some((folder) => path.startsWith(folder + sep)))
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

/** Stops the import: the operator can fix this, and nothing may be lost by it. */
function unreadable(path: string, cause: unknown): Problem {
  return new Problem("forbidden", text.folder.notReadable(path), { cause });
}
