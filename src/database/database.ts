import type { CompiledQuery, Kysely, RawBuilder, Transaction } from "kysely";
import type { Clock } from "../clock.ts";
import type { ChangeCounters } from "../os/change-counters.ts";
import type { Histogram } from "../telemetry/histogram.ts";
import type { Dialect } from "./dialect.ts";
import type { LimitTable } from "./postgres/limit-table.ts";
import type { Schema } from "./schema.ts";
import type { SettingTable } from "./setting-table.ts";
import type { Snapshot } from "./snapshots/snapshot.ts";

/**
 * Milliseconds after which a query fails as busy; of `write`, each of its statements. SQLite needs none there: its
 * writes wait for nothing but the disk.
 */
export interface Deadlines {
  readonly lookup: number;
  readonly read: number;
  readonly scan: number;
  readonly write: number;
}

export const DEADLINES: Deadlines = { lookup: 5000, read: 10_000, scan: 60_000, write: 120_000 };

export type Trx = Transaction<Schema>;

/** Says that the link behind a short code changes with this transaction, so no process answers from memory. */
export type Touch = (shortCode: string) => void;

/** Numbers of rows, by the name of their column; NaN is null. */
export type Columns = Readonly<Record<string, Float64Array>>;

/** The rows of queries, in their order. */
export type RowsOfAll<Queries extends readonly CompiledQuery[]> = {
  -readonly [At in keyof Queries]: Queries[At] extends CompiledQuery<infer Row> ? Row[] : never;
};

/** The open database: where to read, and the one way to write. */
export interface Database {
  /** A few rows by index, in microseconds: on SQLite these run on the calling thread. */
  readonly lookup: Kysely<Schema>;
  /**
   * A lookup whose row is there at once, where the database is embedded; null where it must be waited for.
   * @throws Problem `busy`
   */
  readonly lookupNow: (<Row>(query: CompiledQuery<Row>) => Row | undefined) | null;
  /** Reads of many rows for a page (lists, search): never on the serving thread. */
  readonly read: Kysely<Schema>;
  /** The rows of each compiled query, as `read` or `scan` reads them: on SQLite in one message to a thread. */
  readTogether<const Queries extends readonly CompiledQuery[]>(
    by: "read" | "scan",
    queries: Queries,
  ): Promise<RowsOfAll<Queries>>;
  /** Reads that can take seconds (reports, search of the audit log, jobs): they never delay those of `read`. */
  readonly scan: Kysely<Schema>;
  /** Reads of everything, for `trunk8 doctor`: they may take hours. */
  readonly inspect: Kysely<Schema>;
  readonly changes: ChangeCounters;
  /** The bucket of `changes` that every change of an account or a session raises; null where these are not followed. */
  readonly accountsBucket: number | null;
  readonly dialect: Dialect;
  /** The time that all nodes share; null where the database is one machine's. */
  readonly clock: Clock | null;
  /** The settings that all nodes share; null where the database is one machine's, which has them in its file. */
  readonly settings: SettingTable | null;
  /** What clients have used of rate limits on all nodes; null where the database is one machine's. */
  readonly limits: LimitTable | null;
  /**
   * Runs `work` in one write transaction; resolves when it is durable. `work` awaits nothing but its queries.
   * @throws Problem `busy` when the database is locked or away, `storage_full` when the disk is
   */
  write<T>(work: (trx: Trx, touch: Touch) => Promise<T>): Promise<T>;
  /**
   * Runs statements as one write transaction; resolves with their rows when it is durable. None waits for the rows of
   * another, so on SQLite a whole group of such transactions is one message to the writing thread. Null, and nothing is
   * written, where a statement changes no row.
   * @param codes short codes whose links change
   * @throws Problem `busy` when the database is locked or away, `storage_full` when the disk is
   */
  writeTogether(
    statements: readonly CompiledQuery[],
    codes: readonly string[],
  ): Promise<readonly unknown[][] | null>;
  /**
   * Many rows of integers as the table `name`, for `from` in the rest of a transaction, until the next rows of that name.
   * The columns have one length and must not be used afterwards. A name has always the same columns.
   */
  rowsOf(trx: Trx, name: string, columns: Columns): Promise<RawBuilder<unknown>>;
  /**
   * Adds many rows of integers to a table, in their order. The columns have one length and must not be used afterwards.
   * @param onConflict ends the statement: what becomes of rows that are there; without values
   */
  append(
    trx: Trx,
    table: keyof Schema,
    columns: Columns,
    onConflict?: RawBuilder<unknown>,
  ): Promise<void>;
  /** Starts the threads that pages need, before descriptors or memory can run out. */
  prepare(): Promise<void>;
  /** One for each thread and connection that pages need: each rejects where that does not answer. */
  readonly probes: Readonly<
    Record<"reads" | "reports" | "writer" | "changes", () => Promise<unknown>>
  >;
  /** How long changes of other nodes take to arrive here, in milliseconds; null where there are no nodes. */
  changesDelayMs(): number | null;
  /** All that it took, in seconds; null where there are no nodes. */
  readonly changeDelays: Histogram | null;
  /** Writes a consistent snapshot into an empty folder, without blocking readers or writers. */
  takeSnapshot(folder: string): Promise<Snapshot>;
  close(): Promise<void>;
}
