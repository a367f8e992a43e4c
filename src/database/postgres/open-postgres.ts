import { join } from "node:path";
import { type CompiledQuery, Kysely, type PostgresPool, type RawBuilder, sql } from "kysely";
import pg from "pg";
import { SiteClock, systemClock } from "../../clock.ts";
import { ChangeCounters } from "../../os/change-counters.ts";
import { every } from "../../os/every.ts";
import { SharedLock } from "../../os/machine-lock.ts";
import { Problem } from "../../problem.ts";
import type { Logger } from "../../telemetry/log.ts";
import type { Folders } from "../data-folders.ts";
import type { Columns, Database, Deadlines, Touch, Trx } from "../database.ts";
import { explainFailure } from "../database-errors.ts";
import { postgresDialect } from "../dialect.ts";
import type { Schema } from "../schema.ts";
import { SettingTable } from "../setting-table.ts";
import { text } from "../text.en.ts";
import { DeadlinePool } from "./deadline-pool.ts";
import { migratePostgres, UnlockedDialect } from "./migrate-postgres.ts";
import { CHANNEL, Listener } from "./notify-listener.ts";
import { ExplainingDriver } from "./postgres-driver.ts";
import { takeSnapshot } from "./postgres-snapshot.ts";

/** How long to wait for a connection. */
const WAIT_MS = 5000;

/** How often marks of crashed writers are looked for. */
const RELEASE_MS = 1000;

const INT8 = 20;

/** Buckets in one notification: PostgreSQL allows 8,000 bytes. */
const BUCKETS_A_MESSAGE = 1000;

export interface PostgresOptions {
  /** May be the URL of PgBouncer in transaction mode. */
  readonly url: string;
  /** The URL of PostgreSQL itself, for the connection that listens. */
  readonly listenUrl: string;
  readonly poolSize: number;
  readonly folders: Folders;
  readonly log: Logger;
  readonly deadlines: Deadlines;
}

/** Connections for reads that can take seconds, apart from those for everything else. */
const SCAN_POOL_SIZE = 2;

/** For the notifications of a process to itself, which must not wait until others release their connections. */
const BEAT_POOL_SIZE = 1;
const BEAT_DEADLINE_MS = 2000;

/** Opens a PostgreSQL database; statements are unnamed, so PgBouncer's transaction mode may stand between. */
export async function openPostgres({
  url,
  listenUrl,
  poolSize,
  folders,
  log,
  deadlines,
}: PostgresOptions): Promise<Database> {
  const { pool, scanPool, beatPool, closePools } = openPools(url, poolSize, log);
  const unlimited = over(pool);
  const within = (deadlineMs: number) => over(new DeadlinePool(pool, deadlineMs));
  const lookup = within(deadlines.lookup);
  const writable = within(deadlines.write);
  const changes = new ChangeCounters(join(folders.run, "changes"));
  const committing = new SharedLock(join(folders.run, "writers"));
  const stopReleasing = every(RELEASE_MS, () => releaseAbandoned(changes, committing), log);
  const settings = new SettingTable(lookup);
  const clock = new SiteClock({ steady: () => performance.now(), machine: systemClock });
  const beats = over(new DeadlinePool(beatPool, BEAT_DEADLINE_MS));
  const listener = new Listener({
    url: listenUrl,
    notify: (channel, payload) => clock.measure(() => beat(beats, channel, payload)),
    changes,
    settings,
    log,
  });
  try {
    await migratePostgres(unlimited, log);
    await listener.start();
  } catch (error) {
    stopReleasing();
    committing.close();
    await closePools();
    throw explainFailure(error);
  }
  const writing = { db: writable, changes, committing };
  const read = within(deadlines.read);
  const scan = over(new DeadlinePool(scanPool, deadlines.scan));
  return {
    dialect: postgresDialect,
    clock: clock.now,
    settings,
    changes,
    accountsBucket: null,
    lookup,
    lookupNow: null,
    read,
    readRows: async (query) => (await read.executeQuery(query)).rows,
    scan,
    inspect: unlimited,
    write: (work) => write(writing, work),
    writeTogether: (statements, codes) => writeTogether(writing, statements, codes),
    rowsOf: async (_, name, columns) => unnest(name, columns),
    append: (trx, table, columns) => append(trx, table, columns),
    prepare: async () => {},
    probes: probesOf({ read, scan, writable, changes }),
    changesDelayMs: () => listener.delayMs,
    takeSnapshot: (folder) => takeSnapshot(unlimited, folder),
    close: async () => {
      await listener.close();
      await closePools();
      stopReleasing();
      committing.close();
    },
  };
}

interface Probed extends Pick<Database, "read" | "scan" | "changes"> {
  readonly writable: Kysely<Schema>;
}

function probesOf({ read, scan, writable, changes }: Probed): Database["probes"] {
  return {
    reads: () => probe(read),
    reports: () => probe(scan),
    writer: () => probe(writable),
    changes: async () => {
      if (!changes.isProven) throw new Problem("busy", text.deaf);
    },
  };
}

function openPools(url: string, poolSize: number, log: Logger) {
  const pool = makePool(url, poolSize, log);
  const scanPool = makePool(url, SCAN_POOL_SIZE, log);
  const beatPool = makePool(url, BEAT_POOL_SIZE, log);
  const closePools = () => Promise.all([pool.end(), scanPool.end(), beatPool.end()]);
  return { pool, scanPool, beatPool, closePools };
}

async function probe(db: Kysely<Schema>): Promise<void> {
  await sql`select 1`.execute(db);
}

function over(pool: PostgresPool): Kysely<Schema> {
  return new Kysely<Schema>({ dialect: new ExplainingDialect({ pool }) });
}

class ExplainingDialect extends UnlockedDialect {
  override createDriver(): ExplainingDriver {
    return new ExplainingDriver(super.createDriver());
  }
}

function makePool(connectionString: string, max: number, log: Logger): pg.Pool {
  const types = {
    getTypeParser: (oid: number, format?: "text" | "binary") =>
      oid === INT8 ? Number : pg.types.getTypeParser(oid, format),
  };
  const pool = new pg.Pool({
    connectionString,
    max,
    connectionTimeoutMillis: WAIT_MS,
    application_name: "trunk8",
    types: types as pg.CustomTypesConfig,
  });
  const note = (error: Error) => log.warn({ err: error }, "A database connection was lost.");
  pool.on("error", note);
  pool.on("connect", (client) => client.on("error", note));
  return pool;
}

interface WriteParts {
  readonly db: Kysely<Schema>;
  readonly changes: ChangeCounters;
  /** Held from before the commit until the counters have moved. */
  readonly committing: SharedLock;
}

/** Lets what a crashed process was writing be answered from memory again. */
function releaseAbandoned(changes: ChangeCounters, committing: SharedLock): void {
  if (changes.hasWriters) committing.runAlone(() => changes.releaseAbandoned());
}

/** The counters of this machine move with the commit; NOTIFY, inside the transaction, moves the other nodes'. */
async function write<T>(
  { db, changes, committing }: WriteParts,
  work: (trx: Trx, touch: Touch) => Promise<T>,
): Promise<T> {
  const touched = new Set<number>();
  const touch: Touch = (shortCode) => touched.add(changes.bucketOf(shortCode));
  let isCommitting = false;
  try {
    return await db.transaction().execute(async (trx) => {
      const result = await work(trx, touch);
      await notifyOf(trx, [...touched]);
      committing.enter();
      isCommitting = true;
      changes.beginWrites(touched);
      return result;
    });
  } finally {
    if (isCommitting) {
      changes.endWrites(touched);
      committing.leave();
    }
  }
}

/** Rolls back a transaction of which one statement changes no row. */
const unchanged = new Error("A statement changed no row.");

async function writeTogether(
  parts: WriteParts,
  statements: readonly CompiledQuery[],
  codes: readonly string[],
): Promise<readonly unknown[][] | null> {
  try {
    return await write(parts, async (trx, touch) => {
      codes.forEach(touch);
      const all: unknown[][] = [];
      for (const statement of statements) {
        const { rows, numAffectedRows } = await trx.executeQuery(statement);
        if (rows.length === 0 && !numAffectedRows) throw unchanged;
        all.push(rows);
      }
      return all;
    });
  } catch (error) {
    if (error === unchanged) return null;
    throw error;
  }
}

async function append(trx: Trx, table: string, columns: Columns): Promise<void> {
  const names = sql.join(Object.keys(columns).map((name) => sql.ref(name)));
  const given = unnest("given", columns);
  await sql`insert into ${sql.table(table)} (${names}) select ${names} from ${given}`.execute(trx);
}

function unnest(name: string, columns: Columns): RawBuilder<unknown> {
  const names = Object.keys(columns).map((name) => sql.ref(name));
  const arrays = Object.values(columns).map((column) => sql`${[...column]}::bigint[]`);
  return sql`unnest(${sql.join(arrays)}) as ${sql.table(name)} (${sql.join(names)})`;
}

async function notifyOf(trx: Trx, buckets: number[]): Promise<void> {
  for (let at = 0; at < buckets.length; at += BUCKETS_A_MESSAGE)
    await notify(trx, CHANNEL, buckets.slice(at, at + BUCKETS_A_MESSAGE).join(","));
}

/** Notifies this process itself; returns the time of the database's clock. */
async function beat(db: Kysely<Schema>, channel: string, payload: string): Promise<number> {
  const query = sql<{ now: number }>`select pg_notify(${channel}, ${payload}),
    ${postgresDialect.now} as now`;
  const [row] = (await query.execute(db)).rows;
  if (row === undefined) throw new Error("The database returned no time.");
  return row.now;
}

async function notify(db: Kysely<Schema>, channel: string, payload: string): Promise<void> {
  await sql`select pg_notify(${channel}, ${payload})`.execute(db);
}
