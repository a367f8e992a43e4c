import { constants } from "node:fs";
import { access, link, rename } from "node:fs/promises";
import { dirname, join } from "node:path";
import { syncFolder } from "../../os/fsync.ts";
import { Problem } from "../../problem.ts";
import type { MoveReport } from "./import-report.ts";
import { type OldFolder, statIfThere, USERS_FILE } from "./old-folder.ts";
import type { KnownPerson } from "./read-users.ts";

/** What is put behind the names of the original's files once they are moved in. */
export const RENAMED = ".before-move";

/** The files that get another name in place, the one that makes it an old folder last; none elsewhere. */
export async function filesToRename(
  { root, isInPlace }: OldFolder,
  people: readonly KnownPerson[],
): Promise<string[]> {
  if (!isInPlace) return [];
  const files = people.flatMap(({ person: { oldName } }) =>
    ["links.toml", "config.toml"].map((name) => `users/${oldName}/${name}`),
  );
  const there: string[] = [];
  for (const file of [...files, USERS_FILE]) {
    if ((await statIfThere(join(root, file)))?.isFile()) there.push(file);
  }
  return there;
}

/**
 * Makes sure beforehand that each can be renamed.
 * @throws Problem `forbidden` that names the folder
 */
export async function requireRenamable(
  { root }: OldFolder,
  files: readonly string[],
): Promise<void> {
  for (const folder of new Set(files.map((file) => dirname(join(root, file))))) {
    await access(folder, constants.W_OK).catch((cause: unknown) => {
      throw new Problem("forbidden", `${folder} may not be written to by this user.`, { cause });
    });
  }
}

/** Renames each, in this order; nothing that has the new name already is lost. */
export async function renameOldFiles({ root }: OldFolder, files: readonly string[]): Promise<void> {
  for (const file of files) {
    const path = join(root, file);
    await rename(path, await freeName(path));
    await syncFolder(dirname(path));
  }
}

/** Says in the report what they will be called. */
export async function announceNames(
  { root }: OldFolder,
  files: readonly string[],
  report: MoveReport,
): Promise<void> {
  for (const file of files) {
    const path = join(root, file);
    report.renamed(file, file + (await freeName(path)).slice(path.length));
  }
}

/** Gives a file the new name as well, so that another can take its place with one rename. */
export async function keepOldFile(path: string): Promise<void> {
  const kept = await freeName(path);
  // Not every file system has hard links.
  await link(path, kept).catch(() => rename(path, kept));
}

async function freeName(path: string): Promise<string> {
  let free = path + RENAMED;
  for (let count = 2; (await statIfThere(free)) !== null; count++)
    free = `${path}${RENAMED}-${count}`;
  return free;
}
