import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { embeddedDatabase } from "../../src/database/data-folders.ts";
import { openDatabase } from "../../src/database/open-database.ts";
import { silentLog } from "../../src/telemetry/log.ts";

/*
 * Running all migrations takes longer than most tests, so each process of tests does it once for each kind of database,
 * and copies the result.
 */
let sqlite: Promise<Buffer> | undefined;

/** Puts a database without rows, whose schema is up to date, into a data folder that has none. */
export async function addMigratedSqlite(dataFolder: string): Promise<void> {
  const file = embeddedDatabase(dataFolder);
  if (existsSync(file)) return;
  sqlite ??= makeSqlite();
  const bytes = await sqlite;
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(file, bytes);
}

async function makeSqlite(): Promise<Buffer> {
  return await inFolder(async (dataFolder) => {
    await migrate("", dataFolder);
    return readFileSync(embeddedDatabase(dataFolder));
  });
}

/** Brings the schema of an empty PostgreSQL database up to date. */
export async function migratePostgres(url: string): Promise<void> {
  await inFolder((dataFolder) => migrate(url, dataFolder));
}

async function migrate(url: string, dataFolder: string): Promise<void> {
  const database = await openDatabase({ url, poolSize: 2, dataFolder, log: silentLog() });
  await database.close();
}

async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "trunk8-migrated-"));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
