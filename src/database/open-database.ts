import { remoteFileSystem } from "../os/disk.ts";
import { Problem } from "../problem.ts";
import type { Logger } from "../telemetry/log.ts";
import { makeFolders } from "./data-folders.ts";
import { type Database, DEADLINES, type Deadlines } from "./database.ts";
import { text } from "./text.en.ts";

export interface DatabaseOptions {
  /** `postgres://...`, or empty for the SQLite file in the data folder. */
  readonly url: string;
  /** The same database without PgBouncer in between; absent or empty: `url`. */
  readonly listenUrl?: string;
  readonly poolSize: number;
  /** How long memory may answer beyond its bound while the database is away; absent: not at all. */
  readonly serveStaleMs?: number;
  readonly dataFolder: string;
  /** What processes of this machine share while they run; without it, a folder in the data folder. */
  readonly runFolder?: string;
  readonly log: Logger;
  readonly deadlines?: Partial<Deadlines>;
}

/**
 * Opens the database and brings its schema up to date.
 * @throws Problem when it cannot be reached, is newer than this program, or several nodes could share the run folder
 */
export async function openDatabase({
  url,
  listenUrl = "",
  poolSize,
  serveStaleMs = 0,
  dataFolder,
  runFolder,
  log,
  ...options
}: DatabaseOptions): Promise<Database> {
  const folders = makeFolders(dataFolder, runFolder);
  const remote = await remoteFileSystem(folders.run);
  if (remote !== null && url !== "")
    throw new Problem("invalid", text.runRemote(folders.run, remote));
  if (remote !== null) log.warn(text.runRemote(folders.run, remote));
  const deadlines = { ...DEADLINES, ...options.deadlines };
  if (url === "")
    return (await import("./sqlite/open-sqlite.ts")).openSqlite(folders, { deadlines });
  return (await import("./postgres/open-postgres.ts")).openPostgres({
    url,
    listenUrl: listenUrl || url,
    poolSize,
    serveStaleMs,
    folders,
    log,
    deadlines,
  });
}
