import { Database as Connection, type SQLQueryBindings } from "bun:sqlite";
import { explainFailure } from "../database-errors.ts";
import { identifier, MOVE_TABLE, type Part, putBack, quote } from "./move-mark.ts";
import type { ColumnShape, MoveSide, Page, Row, TableShape, Value } from "./move-side.ts";

const BUSY_TIMEOUT_MS = 10_000;
const CACHE_KIB = 65_536;

const types: Readonly<Record<string, ColumnShape["type"]>> = {
  integer: "whole",
  bigint: "whole",
  text: "text",
  blob: "bytes",
};

/** What triggers of `link_search` write for a row; see migrations 0024. */
const DERIVED = [
  "insert into link_word (link_word) values ('rebuild')",
  "delete from link_word_due",
  "delete from link_count",
  "insert into link_count select owner_id, kind, count(*) from link_search group by owner_id, kind",
  "insert into link_count select 0, kind, count(*) from link_search group by kind",
];

/** The file of a data folder, as one side of a move. An open statement would keep the connection after its end. */
export class SqliteSide implements MoveSide {
  readonly kind = "sqlite";
  readonly name: string;
  readonly #db: Connection;

  constructor(file: string) {
    this.name = file;
    this.#db = new Connection(file, { readwrite: true, create: false, safeIntegers: true });
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

  readonly all = async (statement: string): Promise<Record<string, unknown>[]> => {
    using prepared = explaining(() => this.#db.prepare(statement));
    return explaining(() => prepared.all() as Record<string, unknown>[]);
  };

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
    using prepared = this.#db.prepare(`PRAGMA table_info(${identifier(name)})`);
    const found = prepared.all() as { name: string; type: string; pk: bigint }[];
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
    using statement = this.#db.prepare(
      `select ${namesOf(table.columns)} from ${identifier(table.name)} ${where} order by ${keys} limit ${limit}`,
    );
    const values = after === null ? [] : bind(table.key, after);
    return explaining(() => statement.values(...values).map((row) => row.map(toValue)));
  }

  async lastKey(table: TableShape): Promise<Row | null> {
    const order = table.key.map(({ name }) => `${identifier(name)} desc`).join(", ");
    const statement = `select ${namesOf(table.key)} from ${identifier(table.name)} order by ${order} limit 1`;
    using prepared = this.#db.prepare(statement);
    const [row] = prepared.values();
    return row?.map(toValue) ?? null;
  }

  async insert(table: TableShape, rows: readonly Row[]): Promise<void> {
    const places = table.columns.map(() => "?").join(", ");
    using statement = this.#db.prepare(
      `insert into ${identifier(table.name)} (${namesOf(table.columns)}) values (${places})`,
    );
    this.#inTransaction(() => {
      for (const row of rows) statement.run(...bind(table.columns, row));
    });
  }

  clearing(tables: readonly string[]): string[] {
    return tables.map((name) => `delete from ${identifier(name)}`).reverse();
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

  async parts(): Promise<Part[]> {
    const rows =
      await this.all(`select type, name, sql from sqlite_master where type in ('index', 'trigger')
      and sql not like 'create unique%' and name not like '${MOVE_TABLE}%'`);
    return rows.map(({ type, name, sql }) => ({
      drop: `${type} ${identifier(String(name))}`,
      definition: String(sql),
    }));
  }

  async complete(): Promise<void> {
    await this.transact(await putBack(this, DERIVED));
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
