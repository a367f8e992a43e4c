import type { Statements } from "./move-mark.ts";

/** A value as both databases take it: whole numbers in digits, so that none loses any. */
export type Value = string | Uint8Array | null;

export type Row = readonly Value[];

export interface ColumnShape {
  readonly name: string;
  readonly type: "whole" | "text" | "bytes";
}

export interface TableShape {
  readonly name: string;
  readonly columns: readonly ColumnShape[];
  /** The primary key, in its order. */
  readonly key: readonly ColumnShape[];
}

/** A page of a table: at most `limit` rows whose keys follow `after`, in the order of the key, bytes by bytes. */
export interface Page {
  readonly table: TableShape;
  /** Null: from the first. */
  readonly after: Row | null;
  readonly limit: number;
}

/** One of the two databases of a move, on a connection of its own. */
export interface MoveSide extends Statements, AsyncDisposable {
  /** For people: without a password. */
  readonly name: string;
  /** Runs statements in one transaction. */
  transact(statements: readonly string[]): Promise<void>;
  /** Every table that has a primary key, by name. */
  shapes(): Promise<ReadonlyMap<string, TableShape>>;
  /** The values of a page, in the order of the columns. */
  read(page: Page): Promise<readonly Row[]>;
  /** Key of the last row; null if there is none. */
  lastKey(table: TableShape): Promise<Row | null>;
  /** Adds rows in one transaction. */
  insert(table: TableShape, rows: readonly Row[]): Promise<void>;
  clear(table: TableShape): Promise<void>;
  /** The last id that was generated for a table; null if none was, or if it generates none. */
  lastId(table: TableShape): Promise<string | null>;
  setLastId(table: TableShape, id: string): Promise<void>;
  /** Lets the database learn what its tables hold now. */
  analyze(): Promise<void>;
  /** Whether a process of ours has the database open. */
  isInUse(): Promise<boolean>;
}
