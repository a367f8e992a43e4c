import { constants } from "node:fs";
import { copyFile, rename } from "node:fs/promises";
import { dirname, join } from "node:path";
import { syncFolder } from "../config/durable.ts";
import { type OldFolder, statIfThere, USERS_FILE } from "./moveinfolder.ts";
import type { MoveReport } from "./moveinreport.ts";

/** What is put behind the names of the original's files once they are moved in. */
export const RENAMED = ".before-move";

/** The files of an old folder that get another name, the one that makes it an old folder last. */
export async function filesToRename(
  { root }: OldFolder,
  names: readonly string[],
): Promise<string[]> {
  const files = names.flatMap((name) => [`users/${name}/links.toml`, `users/${name}/config.toml`]);
  const there: string[] = [];
  for (const file of [...files, USERS_FILE]) {
    if ((await statIfThere(join(root, file)))?.isFile()) there.push(file);
  }
  return there;
}

/** Renames each; nothing that has the new name already is lost. */
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

/** Keeps a copy of a file under the new name, unless there is one. */
export async function keepCopy(path: string): Promise<void> {
  if ((await statIfThere(path + RENAMED)) !== null) return;
  await copyFile(path, path + RENAMED, constants.COPYFILE_EXCL);
}

async function freeName(path: string): Promise<string> {
  let free = path + RENAMED;
  for (let count = 2; (await statIfThere(free)) !== null; count++)
    free = `${path}${RENAMED}-${count}`;
  return free;
}
