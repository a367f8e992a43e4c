/** What the serving thread asks of a database thread, and what comes back. */
export interface Order {
  readonly id: number;
  readonly work: OrderWork;
}

/** The first order, by which a thread opens its connection. */
export interface OpenOrder {
  readonly do: "open";
  readonly file: string;
  readonly busyTimeoutMs: number;
  readonly cacheKib: number;
  readonly mappedMib: number;
  /** Null: this thread only reads. */
  readonly writing: { readonly lockFile: string; readonly changesFile: string } | null;
}

export type OrderWork =
  | OpenOrder
  | { readonly do: "run"; readonly sql: string; readonly parameters: readonly unknown[] }
  /** Inserts the rows of `columns`, which are of one length, into `table`. */
  | { readonly do: "fill"; readonly table: string; readonly columns: readonly Float64Array[] }
  | { readonly do: "begin" }
  /** `touched`: buckets of short codes that the transaction changes. */
  | { readonly do: "commit"; readonly touched: readonly number[] }
  | { readonly do: "rollback" }
  | { readonly do: "close" };

export interface RunResult {
  readonly rows: unknown[];
  readonly changes: number;
  readonly lastId: number;
}

export interface SqliteFailure {
  /** Such as SQLITE_BUSY. */
  readonly code: string;
  readonly message: string;
}

export interface Answer {
  readonly id: number;
  readonly result?: RunResult | undefined;
  readonly failure?: SqliteFailure;
}
