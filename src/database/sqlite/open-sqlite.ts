import { Database as Connection } from "bun:sqlite";
import { join } from "node:path";
import { Kysely, type RawBuilder, sql } from "kysely";
import { ChangeCounters } from "../../os/change-counters.ts";
import { Problem } from "../../problem.ts";
import { embeddedDatabase, type Folders } from "../data-folders.ts";
import type { Columns, Database } from "../database.ts";
import { sqliteDialect } from "../dialect.ts";
import { listMigrations, type Migrations, migrate } from "../migrations/migrate.ts";
import type { Schema } from "../schema.ts";
import { WriteGroups } from "./group-commit.ts";
import { DirectConnection, dialectOver, ThreadConnection } from "./kysely-driver.ts";
import { configure } from "./pragmas.ts";
import { takeSnapshot } from "./sqlite-snapshot.ts";
import { ThreadCaller } from "./thread-client.ts";

/** The oldest SQLite whose WAL is trusted here (3.51.3 mends a rare corruption at checkpoints). */
const OLDEST_SQLITE = "3.51.3";

/** How long a writer waits for its turn before it is told to come back. */
const WRITE_TIMEOUT_MS = 5000;

/** The serving thread may not stand still: lookups wait for a lock no longer than this. */
const LOOKUP_TIMEOUT_MS = 20;

/** Page caches: the writer and the lookups go all over the file, long reads mostly along it. */
const BUSY_CACHE_KIB = 8192;
const READER_CACHE_KIB = 2048;

/** A list looks at up to ten thousand rows, each on another page. */
const READER_MAPPED_MIB = 2048;

/** Opens, or makes, the SQLite file of a data folder: two database threads, and a connection for lookups. */
export async function openSqlite(
  folders: Folders,
  migrations: Migrations = listMigrations(sqliteDialect),
): Promise<Database> {
  refuseOldSqlite();
  const file = embeddedDatabase(folders.data);
  const changesFile = join(folders.run, "changes");
  const changes = new ChangeCounters(changesFile);
  const common = { do: "open", file, busyTimeoutMs: WRITE_TIMEOUT_MS } as const;
  const writing = { lockFile: join(folders.run, "writer"), changesFile };
  const writer = new ThreadCaller({ ...common, cacheKib: BUSY_CACHE_KIB, mappedMib: 0, writing });
  const reader = new ThreadCaller({
    ...common,
    cacheKib: READER_CACHE_KIB,
    mappedMib: READER_MAPPED_MIB,
    writing: null,
  });
  const closeThreads = () => Promise.all([writer.close(), reader.close()]);
  try {
    const groups = new WriteGroups(writer, WRITE_TIMEOUT_MS);
    const writable = new Kysely<Schema>({ dialect: dialectOver(new ThreadConnection(writer)) });
    await migrate(writable, migrations, {
      copyBefore: (migration) => copyFile(writer, folders, migration),
      transact: (job) => groups.run(job, new Set()),
    });
    const direct = openDirect(file);
    const connection = new DirectConnection(direct);
    return {
      dialect: sqliteDialect,
      settings: null,
      changes,
      lookup: new Kysely<Schema>({ dialect: dialectOver(connection) }),
      lookupNow: (query) => connection.first(query),
      read: new Kysely<Schema>({ dialect: dialectOver(new ThreadConnection(reader)) }),
      write: (work) => {
        const touched = new Set<number>();
        const touch = (shortCode: string) => touched.add(changes.bucketOf(shortCode));
        return groups.run(() => writable.transaction().execute((trx) => work(trx, touch)), touched);
      },
      rowsOf: (_, name, columns) => fillGiven(writer, name, columns),
      append: (_, table, columns) => fillTable(writer, table, columns),
      takeSnapshot: (folder) => takeSnapshot(file, folder),
      close: async () => {
        direct.close();
        await closeThreads();
      },
    };
  } catch (error) {
    await closeThreads();
    throw error;
  }
}

/** A temporary table, made anew: it is the writing thread's own, and memory only. */
async function fillGiven(
  writer: ThreadCaller,
  name: string,
  columns: Columns,
): Promise<RawBuilder<unknown>> {
  const types = Object.keys(columns).map((column) => `${column} integer`);
  await writer.run(`DROP TABLE IF EXISTS temp.${name}`);
  await writer.run(`CREATE TEMP TABLE ${name} (${types.join(", ")})`);
  await fillTable(writer, name, columns);
  return sql.table(name);
}

async function fillTable(writer: ThreadCaller, name: string, columns: Columns): Promise<void> {
  const values = Object.values(columns);
  const order = {
    do: "fill",
    table: `${name} (${Object.keys(columns).join(", ")})`,
    columns: values,
  } as const;
  await writer.call(
    order,
    values.map((column) => column.buffer as ArrayBuffer),
  );
}

function openDirect(file: string): Connection {
  const direct = new Connection(file);
  configure(direct, {
    busyTimeoutMs: LOOKUP_TIMEOUT_MS,
    readOnly: true,
    cacheKib: BUSY_CACHE_KIB,
    mappedMib: 0,
  });
  return direct;
}

/** A whole copy beside the backups, made by SQLite itself, so that an upgrade that goes wrong can be undone. */
async function copyFile(writer: ThreadCaller, folders: Folders, migration: string): Promise<void> {
  const copy = join(folders.backups, `before-${migration}-${Bun.randomUUIDv7()}.db`);
  await writer.run("VACUUM INTO ?", [copy]);
}

function refuseOldSqlite(): void {
  const memory = new Connection(":memory:");
  const { version } = memory.query("select sqlite_version() as version").get() as {
    version: string;
  };
  memory.close();
  if (Bun.semver.order(version, OLDEST_SQLITE) >= 0) return;
  throw new Problem(
    "internal",
    `SQLite ${version} is too old: ${OLDEST_SQLITE} or newer is needed.`,
  );
}
