import { sql } from "kysely";
import type { App } from "../../src/app.ts";
import type { Kind } from "../../src/links/link.ts";
import { asHoursAndDays, visitQueries } from "./visit-tables.ts";

type Read = App["database"]["read"];
type Value = string | number | null;

/** Rows of a table as some version of the program left them: its columns, and each row's values in their order. */
export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Value[])[];
}

export type Tables = Readonly<Record<string, Table>>;

/**
 * How today's database is read as the tables of commit 725086e. A table that is not here still has its recorded columns
 * (new ones are allowed), and its recorded rows, no more and no fewer. A migration that moves or rewrites what a table
 * held adds the query that returns the old columns, for example:
 *
 *   visit: sql`select id, link_id, at, visitor_id from visit_event join ...`
 */
const movedTables: Readonly<Record<string, ReturnType<typeof sql>>> = visitQueries;

/**
 * Not compared: leases and journals name processes that are gone, `kysely_migration` grows, and the rest is an index
 * that the database fills from `link_search`.
 */
const LEFT_OUT = /^(lease|visit_journal|kysely_migration.*|link_word.*|sqlite_.*)$/;

/** Columns that migrations rewrite; `LinkConsistency` compares them with the links. */
const REWRITTEN: Readonly<Record<string, readonly string[]>> = { link_search: ["code", "text"] };

/** Recorded tables without the columns that migrations rewrite. */
export function comparable(recorded: Tables): Tables {
  return Object.fromEntries(
    Object.entries(asHoursAndDays(recorded)).map(([name, table]) => [
      name,
      without(table, REWRITTEN[name] ?? []),
    ]),
  );
}

function without({ columns, rows }: Table, left: readonly string[]): Table {
  const isKept = (_: unknown, at: number) => !left.includes(columns[at] ?? "");
  return { columns: columns.filter(isKept), rows: rows.map((row) => row.filter(isKept)) };
}

/** Columns that a database computes. */
const COMPUTED = "marks";

/** Every table of this version, to be recorded. */
export async function recordTables({ database: { read } }: App): Promise<Tables> {
  const found = await read.introspection.getTables({ withInternalKyselyTables: false });
  const tables = found
    .filter(({ name }) => !LEFT_OUT.test(name))
    .map(({ name, columns }) => [name, columns.map((column) => column.name)] as const)
    .sort(([one], [other]) => (one < other ? -1 : 1));
  const shapes = tables.map(
    ([name, columns]) =>
      [name, { columns: columns.filter((column) => column !== COMPUTED), rows: [] }] as const,
  );
  return await readRows(read, Object.fromEntries(shapes));
}

/** The tables that were `recorded`, as today's database has them. */
export async function readTables({ database: { read } }: App, recorded: Tables): Promise<Tables> {
  return await readRows(read, comparable(recorded));
}

async function readRows(read: Read, shapes: Tables): Promise<Tables> {
  const tables: Record<string, Table> = {};
  for (const [name, { columns }] of Object.entries(shapes)) {
    const selected = sql.join(columns.map((column) => sql.ref(column)));
    const from = movedTables[name] ?? sql`select ${selected} from ${sql.table(name)}`;
    const { rows } = await sql<Record<string, Value>>`${from}`.execute(read);
    const values = rows.map((row) => columns.map((column) => row[column] ?? null));
    tables[name] = { columns, rows: values.sort(byText) };
  }
  return tables;
}

function byText(one: readonly Value[], other: readonly Value[]): number {
  const [left, right] = [JSON.stringify(one), JSON.stringify(other)];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** A row by its columns' names; one that was not recorded reads as null. */
export type Row = Readonly<Record<string, Value>>;

/** The rows of a table as objects. */
export function rowsOf(tables: Tables, name: string): Row[] {
  const { columns, rows } = tables[name] ?? { columns: [], rows: [] };
  return rows.map((row) =>
    Object.fromEntries(columns.map((column, at) => [column, row[at] ?? null])),
  );
}

/** Every link's short code and kind. */
export function kindsOf(tables: Tables): [shortCode: string, kind: Kind][] {
  return rowsOf(tables, "link").map((row) => [String(row.short_code), row.kind as Kind]);
}
/** The migrations that 725086e had; their names never change. */
export const MIGRATIONS: readonly string[] = [
  "0001_first",
  "0002_lists",
  "0003_owner_hours",
  "0004_blobs",
  "0005_contents",
  "0006_run",
  "0007_people",
  "0008_declared",
  "0009_settings",
  "0010_sent_forms",
];
