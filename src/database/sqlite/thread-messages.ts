import type { LockFiles } from "../../os/machine-lock.ts";
import type { Failure } from "../../os/worker-thread.ts";

/** The first request, by which a thread opens its connection. */
export interface OpenRequest {
  readonly do: "open";
  readonly file: string;
  readonly busyTimeoutMs: number;
  readonly cacheKib: number;
  readonly mappedMib: number;
  /** Null: this thread only reads. */
  readonly writing: { readonly lockFiles: LockFiles; readonly changesFile: string } | null;
  /** Shared: not 0 while the running statement should end. */
  readonly interrupt: Int32Array;
}

/** Requests of the serving thread to a database thread. */
export type ThreadRequest =
  | OpenRequest
  | { readonly do: "run"; readonly statements: readonly Statement[] }
  /** The same as JSON, for values that JSON can say. */
  | string
  /** Inserts the rows of `columns`, which are of one length, into a table. */
  | FillRequest
  /** Runs jobs in the transaction that was begun. */
  | { readonly do: "jobs"; readonly jobs: readonly Job[] }
  /** Begins a transaction, runs jobs, and commits. */
  | { readonly do: "group"; readonly jobs: readonly Job[]; readonly touched: readonly number[] }
  | { readonly do: "begin" }
  /** `touched`: buckets of short codes that the transaction changes. */
  | { readonly do: "commit"; readonly touched: readonly number[] }
  | { readonly do: "rollback" }
  | { readonly do: "close" };

export interface FillRequest {
  readonly do: "fill";
  readonly table: string;
  readonly names: readonly string[];
  readonly columns: readonly Float64Array[];
  /** What becomes of rows that are there, or "". */
  readonly ending: string;
  /** Whether the table is a temporary one, which is created, or emptied, first. */
  readonly isTemporary: boolean;
}

export interface RunResult {
  readonly rows: unknown[];
  readonly changes: number;
  readonly lastId: number;
}

export interface Statement {
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

/** Statements that take effect together or not at all: each must change a row. */
export type Job = readonly Statement[];

/** What became of a job: the rows of its statements; null: one changed none; or why one failed. */
export type JobOutcome = readonly unknown[][] | null | { readonly failure: Failure };

/** Values as JSON, which takes a third of the time of a structured clone; null where JSON cannot say one of them. */
export function jsonOf(statements: readonly Statement[]): string | null {
  const canBe = statements.every(({ parameters }) => parameters.every(isJsonValue));
  return canBe ? JSON.stringify(statements) : null;
}

/** The same of results; null where they have bytes. */
export function jsonOfResults(results: readonly RunResult[]): string | null {
  const canBe = results.every(({ rows }) => rows.every(isJsonRow));
  return canBe ? JSON.stringify(results) : null;
}

function isJsonRow(row: unknown): boolean {
  const values = row as Readonly<Record<string, unknown>>;
  for (const column in values) {
    if (!isJsonValue(values[column])) return false;
  }
  return true;
}

function isJsonValue(value: unknown): boolean {
  return typeof value === "string" || value === null || Number.isFinite(value);
}
