import { link, rename } from "node:fs/promises";
import { join } from "node:path";
import { syncFolder } from "../config/durable.ts";
import type { Logger } from "../ops/log.ts";
import { Problem } from "../problem.ts";

/** Where the files of a snapshot go. */
export interface RestoreOptions {
  /** `postgres://...`, or empty for the SQLite file in the data folder. */
  readonly url: string;
  readonly dataFolder: string;
  readonly log: Logger;
}

/** Puts a snapshot in the place of a database that nobody uses meanwhile. */
export interface DatabaseRestore extends AsyncDisposable {
  /** Whether there is nothing there that it would take the place of. */
  readonly isEmpty: boolean;
  /**
   * In one step: before it the old database stands, after it the new one.
   * @param folder holds the files of the snapshot
   * @param aside where the old database goes, if it is a file
   * @throws Problem `invalid` where the snapshot is damaged, or is none for this database
   */
  run(folder: string, files: readonly string[], aside: string): Promise<void>;
}

/** @throws Problem `busy` while some process uses the database */
export async function beginRestore({
  url,
  dataFolder,
  log,
}: RestoreOptions): Promise<DatabaseRestore> {
  if (url === "") return await beginWithFile(dataFolder);
  return (await import("./postgres/restore.ts")).beginRestore(url, log);
}

async function beginWithFile(dataFolder: string): Promise<DatabaseRestore> {
  const { requireWhole, settleFile } = await import("./sqlite/snapshot.ts");
  const file = join(dataFolder, "trunk8.db");
  const isEmpty = !(await Bun.file(file).exists());
  settleFile(file);
  return {
    isEmpty,
    run: async (folder, files, aside) => {
      const [name] = files;
      if (name !== "trunk8.db") throw otherKind();
      requireWhole(join(folder, name));
      if (!isEmpty) await link(file, join(aside, name));
      await rename(join(folder, name), file);
      await syncFolder(dataFolder);
    },
    [Symbol.asyncDispose]: async () => {},
  };
}

/** The files of one kind of database mean nothing to the other. */
export function otherKind(): Problem {
  return new Problem(
    "invalid",
    "The backup is of another kind of database: see database.url. Use the kind it was made of.",
  );
}
