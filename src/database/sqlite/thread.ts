/** Runs in a Worker thread: one SQLite connection, so that no fsync and no long read stalls the serving thread. */
import { Database, type SQLQueryBindings, type Statement } from "bun:sqlite";
import { ChangeCounters } from "../../os/change-counters.ts";
import { MachineLock } from "../../os/machine-lock.ts";
import { answerRequests, describeFailure } from "../../os/worker-thread.ts";
import { ACCOUNTS, namesAccounts } from "./account-statements.ts";
import { DueSearchRows } from "./due-search-rows.ts";
import { configure } from "./pragmas.ts";
import { sumsBy } from "./sums-by.ts";
import {
  type FillRequest,
  type Job,
  type JobOutcome,
  jsonOfResults,
  type OpenRequest,
  type RunResult,
  type Statement as Sql,
  type ThreadRequest,
} from "./thread-messages.ts";

interface Connection {
  readonly db: Database;
  /** Of the writing thread only. */
  readonly writing: Writing | null;
}

interface Writing {
  readonly lock: MachineLock;
  readonly changes: ChangeCounters;
  readonly dueSearchRows: DueSearchRows;
}

let connection: Connection | null = null;

/** Why SQLite rolled back the whole transaction by itself (a full disk, say): nothing more may run in it. */
let lost: unknown = null;

/** Whether the transaction may have changed an account or a session. */
let hasAccounts = false;

answerRequests(perform);

function perform(
  work: ThreadRequest,
): readonly RunResult[] | readonly JobOutcome[] | string | undefined {
  if (typeof work === "string") return guard(() => runAll(JSON.parse(work) as readonly Sql[]));
  switch (work.do) {
    case "open":
      return open(work);
    case "run":
      return guard(() => runAll(work.statements));
    case "fill":
      return guard(() => fill(work));
    case "jobs":
      return work.jobs.map(runJob);
    case "group":
      return runGroup(work.jobs, work.touched);
    case "begin":
      return begin();
    case "commit":
      return commit(work.touched);
    case "rollback":
      return rollback();
    case "close":
      return close();
  }
}

function open(work: OpenRequest): undefined {
  const db = new Database(work.file, { create: true });
  const writing = work.writing && {
    lock: new MachineLock(work.writing.lockFiles),
    changes: new ChangeCounters(work.writing.changesFile),
    dueSearchRows: new DueSearchRows(db),
  };
  // Switching a new file to WAL needs exclusive access, for which SQLite does not wait.
  writing?.lock.acquire();
  try {
    configure(db, { ...work, readOnly: writing === null });
  } finally {
    writing?.lock.release();
  }
  if (writing === null) {
    const inTime = () => isInTime(work.interrupt);
    db.function("in_time", (_column: unknown) => inTime());
    db.aggregate("sums_by", sumsBy(inTime));
  }
  connection = { db, writing };
}

/** The SQL function by which long statements ask whether to go on; see Dialect.inTime. */
function isInTime(interrupt: Int32Array): 1 {
  if (Atomics.load(interrupt, 0) !== 0) throw new Error("The statement was interrupted.");
  return 1;
}

/** Refuses requests after a lost transaction: a savepoint would silently begin and commit a new one. */
function guard<Result>(query: () => Result): Result {
  if (lost !== null) throw lost;
  const { db } = opened();
  const isInTransaction = db.inTransaction;
  try {
    return query();
  } catch (error) {
    if (isInTransaction && !db.inTransaction) lost = error;
    throw error;
  }
}

/** What takes time to find out of a statement. */
interface Traits {
  readonly returnsRows: boolean;
  readonly namesAccounts: boolean;
}

const known = new WeakMap<Statement, Traits>();

function traitsOf(statement: Statement, sql: string): Traits {
  let traits = known.get(statement);
  if (traits === undefined) {
    const returnsRows = statement.columnNames.length > 0;
    traits = { returnsRows, namesAccounts: namesAccounts(sql) };
    known.set(statement, traits);
  }
  return traits;
}

function runAll(statements: readonly Sql[]): readonly RunResult[] | string {
  const results = statements.map(({ sql, parameters }) => run(sql, parameters));
  return jsonOfResults(results) ?? results;
}

function run(sql: string, parameters: readonly unknown[]): RunResult {
  const statement = opened().db.query(sql);
  const values = parameters as SQLQueryBindings[];
  const traits = traitsOf(statement, sql);
  hasAccounts ||= traits.namesAccounts;
  if (traits.returnsRows) return { rows: statement.all(...values), changes: 0, lastId: 0 };
  const { changes, lastInsertRowid } = statement.run(...values);
  return { rows: [], changes, lastId: Number(lastInsertRowid) };
}

/** Rows per statement: each call has a cost, and a statement takes at most 32,766 values. */
const ROWS_A_STATEMENT = 200;

function fill({ table, names, columns, ending, isTemporary }: FillRequest): undefined {
  const rows = columns[0]?.length ?? 0;
  const { db } = opened();
  if (isTemporary) emptyTemporary(db, table, names);
  hasAccounts ||= namesAccounts(table);
  const into = `${isTemporary ? "temp." : ""}${table} (${names.join(", ")})`;
  const places = `(${columns.map(() => "?").join(", ")})`;
  for (let first = 0; first < rows; first += ROWS_A_STATEMENT) {
    const count = Math.min(ROWS_A_STATEMENT, rows - first);
    const statement = db.query(
      `INSERT INTO ${into} VALUES ${Array(count).fill(places).join(", ")} ${ending}`,
    );
    statement.run(...rowsFrom(columns, first, count));
  }
}

/** A table that is dropped and created has every statement of the connection prepared again. */
function emptyTemporary(db: Database, table: string, names: readonly string[]): void {
  const types = names.map((name) => `${name} integer`);
  db.query(`CREATE TEMP TABLE IF NOT EXISTS ${table} (${types.join(", ")})`).run();
  db.query(`DELETE FROM temp.${table}`).run();
}

function rowsFrom(columns: readonly Float64Array[], first: number, count: number): number[] {
  const values: number[] = [];
  for (let at = first; at < first + count; at++) {
    for (const column of columns) values.push(column[at] ?? 0);
  }
  return values;
}

function runGroup(jobs: readonly Job[], touched: readonly number[]): readonly JobOutcome[] {
  begin();
  let outcomes: readonly JobOutcome[];
  try {
    outcomes = jobs.map(runJob);
  } catch (error) {
    rollback();
    throw error;
  }
  if (outcomes.some(Array.isArray)) commit(touched);
  else rollback();
  return outcomes;
}

/** Runs one job in a savepoint. */
function runJob(job: Job): JobOutcome {
  const { db } = opened();
  if (lost !== null) throw lost;
  db.query("SAVEPOINT job").run();
  try {
    const rows = rowsOf(job);
    if (rows === null) db.query("ROLLBACK TO job").run();
    return rows;
  } catch (error) {
    if (!db.inTransaction) {
      lost = error;
      throw error;
    }
    db.query("ROLLBACK TO job").run();
    return { failure: describeFailure(error) };
  } finally {
    if (db.inTransaction) db.query("RELEASE job").run();
  }
}

/** Null as soon as a statement changes no row. */
function rowsOf(job: Job): unknown[][] | null {
  const all: unknown[][] = [];
  for (const { sql, parameters } of job) {
    const { rows, changes } = run(sql, parameters);
    if (rows.length === 0 && changes === 0) return null;
    all.push(rows);
  }
  return all;
}

/** Acquires the machine's write lock. Its last holder is done, so marks still raised are of crashed processes. */
function begin(): undefined {
  const { db, lock, changes } = openedForWriting();
  lock.acquire();
  try {
    changes.releaseAbandoned();
    hasAccounts = false;
    db.run("BEGIN IMMEDIATE");
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** The lock is held until the buckets are settled: see ChangeCounters. */
function commit(touched: readonly number[]): undefined {
  const { db, lock, changes, dueSearchRows } = openedForWriting();
  const buckets = hasAccounts ? [...touched, changes.bucketOf(ACCOUNTS)] : touched;
  changes.beginWrites(buckets);
  try {
    if (lost !== null) throw lost;
    dueSearchRows.write();
    db.run("COMMIT");
  } catch (error) {
    if (db.inTransaction) db.run("ROLLBACK");
    throw error;
  } finally {
    lost = null;
    changes.endWrites(buckets);
    lock.release();
  }
}

function rollback(): undefined {
  const { db, lock } = openedForWriting();
  try {
    if (db.inTransaction) db.run("ROLLBACK");
  } finally {
    lost = null;
    lock.release();
  }
}

function close(): undefined {
  if (connection === null) return;
  connection.db.close();
  connection = null;
}

function opened(): Connection {
  if (connection === null) throw new Error("The database thread is not open.");
  return connection;
}

function openedForWriting() {
  const { db, writing } = opened();
  if (writing === null) throw new Error("This database thread only reads.");
  return { db, ...writing };
}
