import { constants } from "node:fs";
import { access, link, rename } from "node:fs/promises";
import { dirname, join } from "node:path";
import { syncFolder } from "../../os/fsync.ts";
import { Problem } from "../../problem.ts";
import type { ImportReport } from "../import-report.ts";
import type { ImportedAccount } from "../imported-site.ts";
import { type OldFolder, statIfThere, USERS_FILE } from "./old-folder.ts";
import { text } from "./text.en.ts";

/** Ending that the old program's files get once they are imported in place. */
export const RENAMED = ".before-move";

/** Lists the files to rename: none unless in place; last the one whose presence makes it an old folder. */
export async function filesToRename(
  { root, isInPlace }: OldFolder,
  users: readonly ImportedAccount[],
): Promise<string[]> {
  if (!isInPlace) return [];
  const files = users.flatMap(({ oldName }) =>
    ["links.toml", "config.toml"].map((name) => `users/${oldName}/${name}`),
  );
  const existing: string[] = [];
  for (const file of [...files, USERS_FILE]) {
    if ((await statIfThere(join(root, file)))?.isFile()) existing.push(file);
  }
  return existing;
}

/**
 * Checks that each file can be renamed.
 * @throws Problem `forbidden` that names the folder
 */
export async function requireRenamable(
  { root }: OldFolder,
  files: readonly string[],
): Promise<void> {
  for (const folder of new Set(files.map((file) => dirname(join(root, file))))) {
    await access(folder, constants.W_OK).catch((cause: unknown) => {
      throw new Problem("forbidden", text.folder.notWritable(folder), { cause });
    });
  }
}

/** Renames each file, in this order; a file that has the new name already is kept. */
export async function renameOldFiles({ root }: OldFolder, files: readonly string[]): Promise<void> {
  for (const file of files) {
    const path = join(root, file);
    await rename(path, await freeName(path));
    await syncFolder(dirname(path));
  }
}

/** Reports the new names in advance. */
export async function announceNames(
  { root }: OldFolder,
  files: readonly string[],
  report: ImportReport,
): Promise<void> {
  for (const file of files) {
    const path = join(root, file);
    report.renamed(file, file + (await freeName(path)).slice(path.length));
  }
}

/** Adds the new name to a file, so that another file can replace it with one rename. */
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
