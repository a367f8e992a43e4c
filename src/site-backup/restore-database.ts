import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { writeFile } from "../archive/atomic-file.ts";
import { beginRestore, DATABASE_FILE } from "../database/snapshots/database-restore.ts";
import { syncFolder } from "../os/fsync.ts";
import { Problem } from "../problem.ts";
import type { SiteRestoreOrder } from "./restore-site.ts";
import { text } from "./text.en.ts";

/**
 * Restores a copy of a database file alone: files and settings stay. Returns the folder of the database that was set
 * aside; null if there was none.
 * @throws Problem `invalid` if the copy is damaged, or the site uses another kind of database; `busy` while Trunk8 runs there;
 * `forbidden` if there is a database that may not be set aside; `storage_full`
 */
export async function restoreDatabase(
  path: string,
  { dataFolder, runFolder, databaseUrl, replaces, stamp, log }: Omit<SiteRestoreOrder, "archive">,
): Promise<string | null> {
  await using database = await beginRestore({ url: databaseUrl, dataFolder, log });
  if (!database.isEmpty && !replaces) throw new Problem("forbidden", text.occupied);
  const staging = join(dataFolder, ".restoring");
  const aside = join(dataFolder, `replaced_${stamp}`);
  await rm(staging, { recursive: true, force: true });
  await writeFile(join(staging, DATABASE_FILE), Bun.file(path).stream());
  if (!database.isEmpty) await mkdir(aside, { recursive: true, mode: 0o700 });
  await database.run(staging, [DATABASE_FILE], aside);
  await syncFolder(dataFolder);
  // Unsaved visits refer to links by the ids of the old database.
  await rm(join(runFolder, "visits"), { recursive: true, force: true });
  await rm(staging, { recursive: true, force: true });
  return database.isEmpty ? null : aside;
}
