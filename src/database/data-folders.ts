import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";

/** The folders of a data folder that the database works in. */
export interface Folders {
  readonly data: string;
  readonly backups: string;
  /** What processes on this machine share while they run, mapped into memory: on a disk of its own, never backed up. */
  readonly run: string;
}

/** Where the embedded database of a data folder lies. */
export function embeddedDatabase(dataFolder: string): string {
  return join(dataFolder, "trunk8.db");
}

/** Whether a database exists already; one named by a URL is assumed to. */
export function holdsDatabase(dataFolder: string, url: string): boolean {
  return url !== "" || existsSync(embeddedDatabase(dataFolder));
}

/** Makes what is missing of a data folder, readable by its owner alone. */
export function makeFolders(data: string, run = join(data, "run")): Folders {
  const folders = { data, backups: join(data, "backups"), run };
  for (const folder of Object.values(folders)) mkdirSync(folder, { recursive: true, mode: 0o700 });
  return folders;
}
