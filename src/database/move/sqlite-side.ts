import { Database as Connection, type SQLQueryBindings, type Statement } from "bun:sqlite";
import { explainFailure } from "../database-errors.ts";
import { DueSearchRows } from "../sqlite/due-search-rows.ts";
import { identifier, quote } from "./move-mark.ts";
import type { ColumnShape, MoveSide, Page, Row, TableShape, Value } from "./move-side.ts";

const BUSY_TIMEOUT_MS = 10_000;
const CACHE_KIB = 65_536;

const types: Readonly<Record<string, ColumnShape["type"]>> = {
  integer: "whole",
  bigint: "whole",
  text: "text",
  blob: "bytes",
};

/** The file of a data folder, as one side of a move. */
export class SqliteSide implements MoveSide {
  readonly kind = "sqlite";
  readonly name: string;
  readonly #db: Connection;
  readonly #dueSearchRows: DueSearchRows;

  constructor(file: string) {
    this.name = file;
    this.#db = new Connection(file, { readwrite: true, create: false, safeIntegers: true });
    this.#dueSearchRows = new DueSearchRows(this.#db);
    this.#setUp();
  }

  #setUp(): void {
    this.#db.run(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
    this.#db.run("PRAGMA journal_mode = WAL");
    this.#db.run("PRAGMA synchronous = FULL");
    this.#db.run("PRAGMA foreign_keys = ON");
    this.#db.run("PRAGMA temp_store = MEMORY");
    this.#db.run(`PRAGMA cache_size = -${CACHE_KIB}`);
  }

  async all(statement: string): Promise<Record<string, unknown>[]> {
    return explaining(() => this.#db.prepare(statement).all() as Record<string, unknown>[]);
  }

  async transact(statements: readonly string[]): Promise<void> {
    this.#inTransaction(() => {
      for (const statement of statements) this.#db.run(statement);
    });
  }

  async shapes(): Promise<ReadonlyMap<string, TableShape>> {
    const names = await this.all("select name from sqlite_master where type = 'table'");
    const shapes = names.map(({ name }) => this.#shapeOf(String(name)));
    return new Map(shapes.filter(({ key }) => key.length > 0).map((shape) => [shape.name, shape]));
  }

  #shapeOf(name: string): TableShape {
    const found = this.#db.prepare(`PRAGMA table_info(${identifier(name)})`).all() as {
      name: string;
      type: string;
      pk: bigint;
    }[];
    const columns = found.map((column) => ({
      name: column.name,
      type: types[column.type.toLowerCase()] ?? "text",
      place: Number(column.pk),
    }));
    const key = columns.filter(({ place }) => place > 0).sort((a, b) => a.place - b.place);
    return { name, columns, key };
  }

  async read({ table, after, limit }: Page): Promise<readonly Row[]> {
    const keys = namesOf(table.key);
    const places = table.key.map(() => "?").join(", ");
    const where = after === null ? "" : `where (${keys}) > (${places})`;
    const statement = this.#query(
      `select ${namesOf(table.columns)} from ${identifier(table.name)} ${where} order by ${keys} limit ${limit}`,
    );
    const values = after === null ? [] : bind(table.key, after);
    return explaining(() => statement.values(...values).map((row) => row.map(toValue)));
  }

  async lastKey(table: TableShape): Promise<Row | null> {
    const order = table.key.map(({ name }) => `${identifier(name)} desc`).join(", ");
    const statement = `select ${namesOf(table.key)} from ${identifier(table.name)} order by ${order} limit 1`;
    const [row] = this.#db.prepare(statement).values();
    return row?.map(toValue) ?? null;
  }

  async insert(table: TableShape, rows: readonly Row[]): Promise<void> {
    const places = table.columns.map(() => "?").join(", ");
    const statement = this.#query(
      `insert into ${identifier(table.name)} (${namesOf(table.columns)}) values (${places})`,
    );
    this.#inTransaction(() => {
      for (const row of rows) statement.run(...bind(table.columns, row));
      this.#dueSearchRows.write();
    });
  }

  async clear(table: TableShape): Promise<void> {
    this.#inTransaction(() => {
      this.#db.run(`delete from ${identifier(table.name)}`);
      this.#dueSearchRows.write();
    });
  }

  async lastId({ name }: TableShape): Promise<string | null> {
    const [row] = await this.all(`select seq from sqlite_sequence where name = ${quote(name)}`);
    return row === undefined ? null : String(row.seq);
  }

  async setLastId({ name }: TableShape, id: string): Promise<void> {
    await this.transact([
      `delete from sqlite_sequence where name = ${quote(name)}`,
      `insert into sqlite_sequence (name, seq) values (${quote(name)}, ${BigInt(id)})`,
    ]);
  }

  async analyze(): Promise<void> {
    await this.all("PRAGMA optimize");
  }

  /** Only a connection that is alone may leave the WAL. */
  async isInUse(): Promise<boolean> {
    try {
      this.#db.run("PRAGMA busy_timeout = 0");
      this.#db.run("PRAGMA journal_mode = DELETE");
      return false;
    } catch {
      return true;
    } finally {
      this.#setUp();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#db.close();
  }

  #query(statement: string): Statement {
    return this.#db.query(statement);
  }

  #inTransaction(work: () => void): void {
    explaining(() => this.#db.transaction(work).immediate());
  }
}

function explaining<T>(work: () => T): T {
  try {
    return work();
  } catch (thrown) {
    throw explainFailure(thrown);
  }
}

function namesOf(columns: readonly ColumnShape[]): string {
  return columns.map(({ name }) => identifier(name)).join(", ");
}

function toValue(value: unknown): Value {
  return value === null || value instanceof Uint8Array ? value : String(value);
}

function bind(columns: readonly ColumnShape[], row: Row): SQLQueryBindings[] {
  return row.map((value, at) =>
    columns[at]?.type === "whole" && typeof value === "string" ? wholeOf(value) : value,
  );
}

/** What is no whole number, such as a text that was stored as one, stays as it is. */
function wholeOf(value: string): bigint | string {
  return /^-?\d+$/.test(value) ? BigInt(value) : value;
}
