import { copyFile, link, rename } from "node:fs/promises";
import { join } from "node:path";
import type { Logger } from "../../telemetry/log.ts";
import { type DatabaseRestore, otherKind } from "./snapshot.ts";

/** Where the files of a snapshot go. */
export interface RestoreOptions {
  /** `postgres://...`, or empty for the SQLite file in the data folder. */
  readonly url: string;
  readonly dataFolder: string;
  readonly log: Logger;
}

/** Name of an SQLite database in the data folder and in backups. */
export const DATABASE_FILE = "trunk8.db";

const SQLITE_HEAD = /^SQLite format 3\0$/;
const HEAD_BYTES = 16;

/** Whether a file is an SQLite database, such as the copy that is made before an upgrade. */
export async function isDatabaseFile(path: string): Promise<boolean> {
  const head = await Bun.file(path)
    .slice(0, HEAD_BYTES)
    .text()
    .catch(() => "");
  return SQLITE_HEAD.test(head);
}

/** @throws Problem `busy` while some process uses the database */
export async function beginRestore({
  url,
  dataFolder,
  log,
}: RestoreOptions): Promise<DatabaseRestore> {
  if (url === "") return await beginWithFile(dataFolder);
  return (await import("../postgres/postgres-restore.ts")).beginRestore(url, log);
}

async function beginWithFile(dataFolder: string): Promise<DatabaseRestore> {
  const { requireWhole, settleFile } = await import("../sqlite/sqlite-snapshot.ts");
  const file = join(dataFolder, DATABASE_FILE);
  const isEmpty = !(await Bun.file(file).exists());
  settleFile(file);
  return {
    isEmpty,
    run: async (folder, files, aside) => {
      const [name] = files;
      if (name !== DATABASE_FILE) throw otherKind();
      requireWhole(join(folder, name));
      if (!isEmpty) await keepBeside(file, join(aside, name));
      await rename(join(folder, name), file);
    },
    [Symbol.asyncDispose]: async () => {},
  };
}

/** Its own name stays until the new database takes it; a file system without hard links gets a copy. */
async function keepBeside(file: string, copy: string): Promise<void> {
  await link(file, copy).catch(() => copyFile(file, copy));
}
