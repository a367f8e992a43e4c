import { Database as Connection } from "bun:sqlite";
import { join } from "node:path";
import { type CompiledQuery, Kysely, type RawBuilder, sql } from "kysely";
import { ChangeCounters } from "../../os/change-counters.ts";
import { Problem } from "../../problem.ts";
import { embeddedDatabase, type Folders } from "../data-folders.ts";
import {
  type Columns,
  type Database,
  DEADLINES,
  type Deadlines,
  type RowsOfAll,
} from "../database.ts";
import { explained, explainFailure, explainOpening } from "../database-errors.ts";
import { sqliteDialect } from "../dialect.ts";
import { listMigrations, type Migrations, migrate } from "../migrations/migrate.ts";
import type { Schema } from "../schema.ts";
import { text } from "../text.en.ts";
import { ACCOUNTS } from "./account-statements.ts";
import { GroupCommit } from "./group-commit.ts";
import {
  DirectConnection,
  readingDialect,
  ThreadConnection,
  writingDialect,
} from "./kysely-driver.ts";
import { configure } from "./pragmas.ts";
import { ReaderPool } from "./reader-pool.ts";
import { takeSnapshot } from "./sqlite-snapshot.ts";
import { ThreadClient, type ThreadClientOptions } from "./thread-client.ts";
import type { FillRequest } from "./thread-messages.ts";

/** The oldest SQLite whose WAL is trusted here (3.51.3 fixes a rare corruption at checkpoints). */
const OLDEST_SQLITE = "3.51.3";

/** Milliseconds that a transaction waits before it fails as busy. */
const WRITE_TIMEOUT_MS = 5000;

/** Milliseconds that lookups wait for a lock: they run on the serving thread, which must not block. */
const LOOKUP_TIMEOUT_MS = 20;

/** Page caches: writes and lookups access pages at random, long reads mostly in order. */
const BUSY_CACHE_KIB = 8192;
const READER_CACHE_KIB = 2048;

/** Reads of one kind that run at the same time. */
const READERS = 2;

/** A list reads up to ten thousand rows, each on another page. */
const READER_MAPPED_MIB = 2048;

export interface SqliteOptions {
  readonly migrations?: Migrations;
  readonly deadlines?: Deadlines;
}

/** What nodes would share. */
const ALONE = { clock: null, settings: null, limits: null } as const;

/** Opens or creates the SQLite file of a data folder: a writing thread, reading threads, a connection for lookups. */
export async function openSqlite(
  folders: Folders,
  { migrations = listMigrations(sqliteDialect), deadlines = DEADLINES }: SqliteOptions = {},
): Promise<Database> {
  refuseOldSqlite();
  const file = embeddedDatabase(folders.data);
  const changesFile = join(folders.run, "changes");
  const changes = new ChangeCounters(changesFile);
  const common = { file, busyTimeoutMs: WRITE_TIMEOUT_MS } as const;
  const writing = { lockFile: join(folders.run, "writer"), changesFile };
  const writer = new ThreadClient({ ...common, cacheKib: BUSY_CACHE_KIB, mappedMib: 0, writing });
  const readers = openReaders(common, deadlines);
  const closeThreads = () =>
    Promise.all([writer, ...Object.values(readers)].map((threads) => threads.close()));
  try {
    const groupCommit = new GroupCommit(writer, WRITE_TIMEOUT_MS);
    const writable = new Kysely<Schema>({
      dialect: writingDialect(new ThreadConnection(writer)),
    });
    await migrate(writable, migrations, {
      kind: "sqlite",
      copyBefore: (migration) => copyFile(writer, folders, migration),
      transact: (job) => groupCommit.run(() => job(writable), new Set()),
    });
    const direct = openDirect(file);
    const connection = new DirectConnection(direct);
    return {
      dialect: sqliteDialect,
      ...ALONE,
      changes,
      accountsBucket: changes.bucketOf(ACCOUNTS),
      lookup: new Kysely<Schema>({ dialect: readingDialect(connection) }),
      lookupNow: (query) => connection.first(query),
      read: over(readers.read),
      readTogether: (by, queries) => readTogether(readers[by], queries),
      scan: over(readers.scan),
      inspect: over(readers.inspect),
      write: (work) => {
        const touched = new Set<number>();
        const touch = (shortCode: string) => touched.add(changes.bucketOf(shortCode));
        const run = () => writable.transaction().execute((trx) => work(trx, touch));
        return groupCommit.run(run, touched);
      },
      writeTogether: (statements, codes) => {
        const touched = new Set(codes.map((code) => changes.bucketOf(code)));
        const jobs = statements.map(({ sql, parameters }) => ({ sql, parameters }));
        return groupCommit.runStatements(jobs, touched);
      },
      ...fillingBy(writer),
      ...upkeepOf(writer, readers),
      takeSnapshot: (folder) => explained(takeSnapshot(file, folder)),
      close: async () => {
        direct.close();
        await closeThreads();
      },
    };
  } catch (error) {
    await closeThreads();
    throw explainOpening(explainFailure(error), file);
  }
}

/** What starts the threads that pages need, and asks each of them for an answer. */
function upkeepOf(
  writer: ThreadClient,
  { read, scan }: ReturnType<typeof openReaders>,
): Pick<Database, "prepare" | "probes" | "changesDelayMs" | "changeDelays"> {
  return {
    prepare: async () => {
      await explained(Promise.all([read.open(), scan.open()]));
    },
    probes: {
      reads: () => explained(read.probe()),
      reports: () => explained(scan.probe()),
      writer: () => explained(writer.run("select 1")),
      changes: async () => {},
    },
    changesDelayMs: () => null,
    changeDelays: null,
  };
}

/** A long read delays no other of its kind, and none of another kind. */
function openReaders(
  common: Pick<ThreadClientOptions, "file" | "busyTimeoutMs">,
  { read, scan }: Deadlines,
) {
  const open = (onEnded: () => void) =>
    new ThreadClient({
      ...common,
      cacheKib: READER_CACHE_KIB,
      mappedMib: READER_MAPPED_MIB,
      writing: null,
      onEnded,
    });
  return {
    read: new ReaderPool({ size: READERS, deadlineMs: read, open }),
    scan: new ReaderPool({ size: READERS, deadlineMs: scan, open }),
    inspect: new ReaderPool({ size: 1, deadlineMs: null, open }),
  };
}

async function readTogether<Queries extends readonly CompiledQuery[]>(
  threads: ReaderPool,
  queries: Queries,
): Promise<RowsOfAll<Queries>> {
  const statements = queries.map(({ sql, parameters }) => ({ sql, parameters }));
  const results = await explained(threads.runAll(statements));
  return results.map(({ rows }) => rows) as RowsOfAll<Queries>;
}

function over(threads: ReaderPool): Kysely<Schema> {
  return new Kysely<Schema>({ dialect: readingDialect(new ThreadConnection(threads)) });
}

function fillingBy(writer: ThreadClient): Pick<Database, "rowsOf" | "append"> {
  return {
    rowsOf: (_, name, columns) => explained(fillTemporary(writer, name, columns)),
    append: (trx, table, columns, onConflict = sql``) => {
      const ending = onConflict.compile(trx).sql;
      return explained(fill(writer, { table, ending, isTemporary: false }, columns));
    },
  };
}

/** Fills a temporary table, which is private to the writing thread and in memory. */
async function fillTemporary(
  writer: ThreadClient,
  name: string,
  columns: Columns,
): Promise<RawBuilder<unknown>> {
  await fill(writer, { table: name, ending: "", isTemporary: true }, columns);
  return sql.table(name);
}

async function fill(
  writer: ThreadClient,
  filled: Pick<FillRequest, "table" | "ending" | "isTemporary">,
  columns: Columns,
): Promise<void> {
  const values = Object.values(columns);
  await writer.call(
    { do: "fill", ...filled, names: Object.keys(columns), columns: values },
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

/** Copies the database to the backups folder, so that a failed upgrade can be undone. */
async function copyFile(writer: ThreadClient, folders: Folders, migration: string): Promise<void> {
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
  throw new Problem("internal", text.sqliteTooOld(version, OLDEST_SQLITE));
}
