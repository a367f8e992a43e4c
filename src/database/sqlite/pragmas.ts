import { Database } from "bun:sqlite";

/** Statements that a connection keeps prepared; preparing one takes longer than most of them run. */
const PREPARED_STATEMENTS = 200;

export interface ConnectionManner {
  readonly busyTimeoutMs: number;
  readonly readOnly: boolean;
  /** Memory for pages. With SQLite's own 2 MB, reads and counts all over the file cost half as much again. */
  readonly cacheKib: number;
  /** As much of the file is read where the system has it in memory, without copying: a third of the time for rows all over it. */
  readonly mappedMib: number;
}

/** bun:sqlite opens with no busy timeout and without foreign keys; every connection gets the same manners here. */
export function configure(
  db: Database,
  { busyTimeoutMs, readOnly, cacheKib, mappedMib }: ConnectionManner,
): void {
  Database.MAX_QUERY_CACHE_SIZE = PREPARED_STATEMENTS;
  db.run(`PRAGMA busy_timeout = ${busyTimeoutMs}`);
  db.run("PRAGMA journal_mode = WAL");
  db.run("PRAGMA synchronous = FULL");
  db.run("PRAGMA foreign_keys = ON");
  db.run("PRAGMA journal_size_limit = 67108864");
  db.run("PRAGMA wal_autocheckpoint = 4000");
  db.run("PRAGMA temp_store = MEMORY");
  db.run(`PRAGMA cache_size = -${cacheKib}`);
  db.run(`PRAGMA mmap_size = ${mappedMib * 2 ** 20}`);
  if (readOnly) db.run("PRAGMA query_only = ON");
}
