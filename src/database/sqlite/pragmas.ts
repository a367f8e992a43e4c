import type { Database } from "bun:sqlite";

export interface ConnectionManner {
  readonly busyTimeoutMs: number;
  readonly readOnly: boolean;
}

/** bun:sqlite opens with no busy timeout and without foreign keys; every connection gets the same manners here. */
export function configure(db: Database, { busyTimeoutMs, readOnly }: ConnectionManner): void {
  db.run(`PRAGMA busy_timeout = ${busyTimeoutMs}`);
  db.run("PRAGMA journal_mode = WAL");
  db.run("PRAGMA synchronous = FULL");
  db.run("PRAGMA foreign_keys = ON");
  db.run("PRAGMA journal_size_limit = 67108864");
  db.run("PRAGMA temp_store = MEMORY");
  if (readOnly) db.run("PRAGMA query_only = ON");
}
