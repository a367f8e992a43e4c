import { Kysely } from "kysely";
import pg from "pg";
import { codeOf } from "../../os/system-error.ts";
import { Problem } from "../../problem.ts";
import { silentLog } from "../../telemetry/log.ts";
import { explained } from "../database-errors.ts";
import { migratePostgres, UnlockedDialect } from "../postgres/migrate-postgres.ts";
import { identifier, MOVE_TABLE, type Part, putBack, quote } from "./move-mark.ts";
import type { ColumnShape, MoveSide, Page, Row, TableShape, Value } from "./move-side.ts";
import { text } from "./text.en.ts";

const WAIT_MS = 10_000;

/**
 * How long a transaction that changes triggers waits for the locks of tables, and how often it is tried: while it waits,
 * others wait behind it.
 */
const LOCK_WAIT_MS = 300;
const TRIES = 100;
const PAUSE_MS = 300;

/** For indexes that are built at once. */
const SORT_MEMORY = "256MB";

const LOCKED = new Set(["55P03", "40P01"]);

/** What the connections of our servers call themselves, apart from those of a move. */
const SERVERS = "trunk8%";
const OWN_NAME = "trunk8-move";

const types: Readonly<Record<string, ColumnShape["type"]>> = {
  bigint: "whole",
  integer: "whole",
  smallint: "whole",
  text: "text",
  bytea: "bytes",
};

const arrays = { whole: "bigint[]", text: "text[]", bytes: "bytea[]" } as const;

/** A PostgreSQL database, as one side of a move. */
export class PostgresSide implements MoveSide {
  readonly kind = "postgres";
  readonly name: string;
  readonly #client: pg.Client;

  private constructor(client: pg.Client, name: string) {
    this.#client = client;
    this.name = name;
  }

  /** @throws Problem `invalid` on `to`, if it cannot be reached */
  static async connect(url: string): Promise<PostgresSide> {
    const name = describeUrl(url);
    const client = new pg.Client({
      connectionString: url,
      application_name: OWN_NAME,
      connectionTimeoutMillis: WAIT_MS,
      types: { getTypeParser: () => (value: string) => value },
    } as pg.ClientConfig);
    // A query that is under way fails, too.
    client.on("error", () => {});
    try {
      await client.connect();
    } catch (cause) {
      const reason =
        cause instanceof Error ? cause.message || String(Reflect.get(cause, "code")) : "";
      throw new Problem("invalid", text.unreachable(name, reason), { cause });
    }
    return new PostgresSide(client, name);
  }

  readonly all = async (statement: string): Promise<Record<string, unknown>[]> =>
    (await explained(this.#client.query(statement))).rows;

  async transact(statements: readonly string[]): Promise<void> {
    for (let tries = 1; ; tries++) {
      try {
        return await this.#tryTransaction(statements);
      } catch (thrown) {
        if (tries === TRIES || !isLocked(thrown)) throw thrown;
      }
      await Bun.sleep(PAUSE_MS);
    }
  }

  async #tryTransaction(statements: readonly string[]): Promise<void> {
    try {
      await this.all(`begin; set local lock_timeout = ${LOCK_WAIT_MS}`);
      for (const statement of statements) await this.all(statement);
      await this.all("commit");
    } catch (thrown) {
      await this.all("rollback").catch(() => {});
      throw thrown;
    }
  }

  async shapes(): Promise<ReadonlyMap<string, TableShape>> {
    const rows = await this.all(`select c.relname as table, a.attname as column,
        format_type(a.atttypid, a.atttypmod) as type, array_position(i.indkey::int2[], a.attnum) as place
      from pg_class as c join pg_attribute as a on a.attrelid = c.oid
      join pg_index as i on i.indrelid = c.oid and i.indisprimary
      where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r'
        and a.attnum > 0 and not a.attisdropped
      order by c.relname, a.attnum`);
    const shapes = Map.groupBy(rows, (row) => String(row.table)).entries();
    return new Map(shapes.map(([name, found]) => [name, shapeOf(name, found)]));
  }

  async read({ table, after, limit }: Page): Promise<readonly Row[]> {
    const keys = table.key.map(inOrder).join(", ");
    const places = table.key.map(({ type }, at) => `$${at + 1}::${castOf(type)}`).join(", ");
    const where = after === null ? "" : `where (${keys}) > (${places})`;
    const statement = `select ${namesOf(table.columns)} from ${identifier(table.name)} ${where}
      order by ${keys} limit ${limit}`;
    return (await this.#rows(statement, after ?? [])).map((row) => toRow(table.columns, row));
  }

  async lastKey(table: TableShape): Promise<Row | null> {
    const order = table.key.map((column) => `${inOrder(column)} desc`).join(", ");
    const [row] = await this.#rows(
      `select ${namesOf(table.key)} from ${identifier(table.name)} order by ${order} limit 1`,
    );
    return row === undefined ? null : toRow(table.key, row);
  }

  async insert(table: TableShape, rows: readonly Row[]): Promise<void> {
    const columns = table.columns.map((_, at) => rows.map((row) => row[at] ?? null));
    const given = table.columns.map(({ type }, at) => `$${at + 1}::${arrays[type]}`).join(", ");
    await this.#rows(
      `insert into ${identifier(table.name)} (${namesOf(table.columns)}) overriding system value
        select * from unnest(${given})`,
      columns,
    );
  }

  clearing(tables: readonly string[]): string[] {
    return [`truncate ${tables.map(identifier).join(", ")}`];
  }

  async lastId(table: TableShape): Promise<string | null> {
    const [key] = table.key;
    const [found] = await this.all(`select pg_get_serial_sequence(
      ${quote(identifier(table.name))}, ${quote(key?.name ?? "")}) as sequence`);
    if (found?.sequence === null || found === undefined) return null;
    const [row] = await this.all(`select last_value, is_called from ${String(found.sequence)}`);
    return row?.is_called === "t" ? String(row.last_value) : null;
  }

  async setLastId(table: TableShape, id: string): Promise<void> {
    const [key] = table.key;
    await this.all(`select setval(pg_get_serial_sequence(
      ${quote(identifier(table.name))}, ${quote(key?.name ?? "")}), ${BigInt(id)})`);
  }

  async parts(): Promise<Part[]> {
    const rows =
      await this.all(`select 'index ' || quote_ident(indexname) as drop, indexdef as definition
        from pg_indexes where schemaname = current_schema() and indexdef not like 'CREATE UNIQUE%'
      union all select 'trigger ' || quote_ident(tgname) || ' on ' || tgrelid::regclass, pg_get_triggerdef(t.oid)
        from pg_trigger as t join pg_class as c on c.oid = t.tgrelid
        where not tgisinternal and tgname <> '${MOVE_TABLE}' and c.relnamespace = current_schema()::regnamespace`);
    return rows.map(({ drop, definition }) => ({
      drop: String(drop),
      definition: String(definition),
    }));
  }

  async complete(): Promise<void> {
    const statements = await putBack(this, []);
    await this.transact([`set local maintenance_work_mem = '${SORT_MEMORY}'`, ...statements]);
    await this.all("analyze");
  }

  async isInUse(): Promise<boolean> {
    const rows = await this.all(`select pid from pg_stat_activity where datname = current_database()
      and application_name like ${quote(SERVERS)} and application_name <> ${quote(OWN_NAME)} limit 1`);
    return rows.length > 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client.end().catch(() => {});
  }

  async #rows(statement: string, values: readonly unknown[] = []): Promise<(string | null)[][]> {
    const query: pg.QueryArrayConfig = { text: statement, values: [...values], rowMode: "array" };
    return (await explained(this.#client.query<(string | null)[]>(query))).rows;
  }
}

/**
 * Makes the tables of a PostgreSQL database that has none.
 * @throws Problem `internal` if it is newer than this program
 */
export async function makePostgresTables(url: string): Promise<void> {
  const pool = new pg.Pool({ connectionString: url, max: 1, application_name: OWN_NAME });
  pool.on("error", () => {});
  const db = new Kysely<unknown>({ dialect: new UnlockedDialect({ pool }) });
  try {
    await explained(migratePostgres(db, silentLog()));
  } finally {
    await db.destroy();
  }
}

/** Where a database is, without its password. */
export function describeUrl(url: string): string {
  const parsed = URL.parse(url);
  if (parsed === null) return "postgres";
  const user = parsed.username === "" ? "" : `${parsed.username}@`;
  return `postgres://${user}${parsed.host}${parsed.pathname}`;
}

function isLocked(thrown: unknown): boolean {
  return thrown instanceof Problem && LOCKED.has(codeOf(thrown.cause));
}

function shapeOf(name: string, found: readonly Record<string, unknown>[]): TableShape {
  const columns = found.map(({ column, type, place }) => ({
    name: String(column),
    type: types[String(type)] ?? "text",
    place: place === null ? -1 : Number(place),
  }));
  const key = columns.filter(({ place }) => place >= 0).sort((a, b) => a.place - b.place);
  return { name, columns, key };
}

/** SQLite compares texts byte by byte. */
function inOrder({ name, type }: ColumnShape): string {
  return type === "text" ? `${identifier(name)} collate "C"` : identifier(name);
}

function castOf(type: ColumnShape["type"]): string {
  return arrays[type].slice(0, -2);
}

function namesOf(columns: readonly ColumnShape[]): string {
  return columns.map(({ name }) => identifier(name)).join(", ");
}

function toRow(columns: readonly ColumnShape[], row: readonly (string | null)[]): Row {
  return row.map(
    (value, at): Value =>
      value !== null && columns[at]?.type === "bytes" ? Buffer.from(value.slice(2), "hex") : value,
  );
}
