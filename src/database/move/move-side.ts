import type { Part, Statements } from "./move-mark.ts";

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
  /** Statements that remove all rows of tables, each of which follows those that its rows refer to. */
  clearing(tables: readonly string[]): readonly string[];
  /** The last id that was generated for a table; null if none was, or if it generates none. */
  lastId(table: TableShape): Promise<string | null>;
  setLastId(table: TableShape, id: string): Promise<void>;
  /** Indexes and triggers that rows are written faster without. */
  parts(): Promise<readonly Part[]>;
  /** Puts back what was taken down, writes what is derived from the rows, and lets the database learn what there is. */
  complete(): Promise<void>;
  /** Whether a process of ours has the database open. */
  isInUse(): Promise<boolean>;
}
