import { join } from "node:path";
import { type CompiledQuery, type Kysely, type RawBuilder, sql } from "kysely";
import { SiteClock, systemClock } from "../../clock.ts";
import { ChangeCounters } from "../../os/change-counters.ts";
import { every } from "../../os/every.ts";
import { SharedLock } from "../../os/machine-lock.ts";
import { Problem } from "../../problem.ts";
import type { Logger } from "../../telemetry/log.ts";
import type { Folders } from "../data-folders.ts";
import type { Columns, Database, Deadlines, RowsOfAll, Touch, Trx } from "../database.ts";
import { explainFailure } from "../database-errors.ts";
import { postgresDialect } from "../dialect.ts";
import type { Schema } from "../schema.ts";
import { findPrimary } from "../servers/find-primary.ts";
import { ServerLineage } from "../servers/server-lineage.ts";
import { listServers } from "../servers/server-urls.ts";
import { SettingTable } from "../setting-table.ts";
import { text } from "../text.en.ts";
import { LimitTable } from "./limit-table.ts";
import { migratePostgres } from "./migrate-postgres.ts";
import { CHANNEL, Listener } from "./notify-listener.ts";
import { takeSnapshot } from "./postgres-snapshot.ts";
import { PrimaryPools } from "./primary-pools.ts";

/** How often marks of crashed writers are looked for. */
const RELEASE_MS = 1000;

/** Buckets in one notification: PostgreSQL allows 8,000 bytes. */
const BUCKETS_A_MESSAGE = 1000;

/** How long memory may answer after a look that found no server: until about the next look. */
const EXCUSED_MS = 7000;

export interface PostgresOptions {
  /** May be the URL of PgBouncer in transaction mode, and name several servers. */
  readonly url: string;
  /** The URL of PostgreSQL itself, for the connection that listens; may name several servers. */
  readonly listenUrl: string;
  readonly poolSize: number;
  /** How much longer than its bound memory answers while no server can be used. */
  readonly serveStaleMs: number;
  readonly folders: Folders;
  readonly log: Logger;
  readonly deadlines: Deadlines;
}

const BEAT_DEADLINE_MS = 2000;

/** Opens a PostgreSQL database; statements are unnamed, so PgBouncer's transaction mode may stand between. */
export async function openPostgres(options: PostgresOptions): Promise<Database> {
  const { folders, log, deadlines } = options;
  const changes = new ChangeCounters(join(folders.run, "changes"));
  const lineage = new ServerLineage(join(folders.run, "database-server"));
  const pools = openPools(options, lineage, changes);
  const committing = new SharedLock(join(folders.run, "writers"));
  const stopReleasing = every(RELEASE_MS, () => releaseAbandoned(changes, committing), log);
  const lookup = pools.over("all", deadlines.lookup);
  const settings = new SettingTable(lookup);
  const clock = new SiteClock({ steady: () => performance.now(), machine: systemClock });
  const listener = openListener(options, { pools, lineage, changes, settings, clock });
  const unlimited = pools.over("all", null);
  const close = async () => {
    await listener.close();
    await pools.close();
    stopReleasing();
    committing.close();
  };
  try {
    await pools.watch.start();
    await migratePostgres(unlimited, log);
    await listener.start();
  } catch (error) {
    await close();
    throw explainFailure(error);
  }
  const writable = pools.over("all", deadlines.write);
  const writing = { db: writable, changes, committing };
  const read = pools.over("all", deadlines.read);
  const scan = pools.over("scan", deadlines.scan);
  return {
    dialect: postgresDialect,
    clock: clock.now,
    settings,
    limits: new LimitTable(lookup),
    changes,
    accountsBucket: null,
    lookup,
    lookupNow: null,
    read,
    readTogether: (by, queries) => readTogether({ read, scan }[by], queries),
    scan,
    inspect: unlimited,
    write: (work) => write(writing, work),
    writeTogether: (statements, codes) => writeTogether(writing, statements, codes),
    rowsOf: async (_, name, columns) => unnest(name, columns),
    append,
    prepare: async () => {},
    probes: probesOf({ read, scan, writable, changes }),
    changesDelayMs: () => listener.delayMs,
    changeDelays: listener.delays,
    takeSnapshot: (folder) => takeSnapshot(unlimited, folder),
    close,
  };
}

function openPools(
  { url, poolSize, log, serveStaleMs }: PostgresOptions,
  lineage: ServerLineage,
  changes: ChangeCounters,
): PrimaryPools {
  return new PrimaryPools({
    urls: listServers(url),
    poolSize,
    lineage,
    log,
    noteAway: (isAway) => (isAway ? changes.excuse(EXCUSED_MS, serveStaleMs) : changes.endExcuse()),
  });
}

interface Heard {
  readonly pools: PrimaryPools;
  readonly lineage: ServerLineage;
  readonly changes: ChangeCounters;
  readonly settings: SettingTable;
  readonly clock: SiteClock;
}

function openListener(
  { url, listenUrl, log }: PostgresOptions,
  { pools, lineage, changes, settings, clock }: Heard,
): Listener {
  const beats = pools.over("beat", BEAT_DEADLINE_MS);
  return new Listener({
    findServer: () =>
      listenUrl === url
        ? Promise.resolve(pools.watch.url)
        : findPrimary(listServers(listenUrl), (server) => lineage.refusalOf(server)),
    noteConnected: () => pools.watch.hurry(),
    notify: (channel, payload) => clock.measure(() => beat(beats, channel, payload)),
    changes,
    settings,
    log,
  });
}

async function readTogether<Queries extends readonly CompiledQuery[]>(
  db: Kysely<Schema>,
  queries: Queries,
): Promise<RowsOfAll<Queries>> {
  const results = await Promise.all(queries.map((query) => db.executeQuery(query)));
  return results.map(({ rows }) => rows) as RowsOfAll<Queries>;
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

async function probe(db: Kysely<Schema>): Promise<void> {
  await sql`select 1`.execute(db);
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

async function append(
  trx: Trx,
  table: string,
  columns: Columns,
  onConflict = sql``,
): Promise<void> {
  const names = sql.join(Object.keys(columns).map((name) => sql.ref(name)));
  const given = unnest("given", columns);
  await sql`insert into ${sql.table(table)} (${names}) select ${names} from ${given}
    ${onConflict}`.execute(trx);
}

function unnest(name: string, columns: Columns): RawBuilder<unknown> {
  const names = Object.keys(columns).map((name) => sql.ref(name));
  const arrays = Object.values(columns).map(
    (column) =>
      sql`${Array.from(column, (number) => (Number.isNaN(number) ? null : number))}::bigint[]`,
  );
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
