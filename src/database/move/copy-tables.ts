import { Problem } from "../../problem.ts";
import { isDataFault } from "../database-errors.ts";
import type { MoveSide, Row, TableShape, Value } from "./move-side.ts";
import { computedColumns } from "./moved-tables.ts";
import { text } from "./text.en.ts";

/** Rows that are read and written at a time. */
const BATCH = 2000;

/** A table as both sides have it. */
export interface TablePair {
  readonly name: string;
  readonly from: TableShape;
  readonly to: TableShape;
}

/** How many rows of a table are done. */
export type OnRows = (table: string, rows: number) => void;

/**
 * The tables of both sides, with the columns that they share.
 * @throws Problem `invalid` where one side has others than computed ones
 */
export async function pairTables(
  source: MoveSide,
  target: MoveSide,
  names: readonly string[],
): Promise<TablePair[]> {
  const [theirs, ours] = [await source.shapes(), await target.shapes()];
  return names.map((name) => {
    const [from, to] = [theirs.get(name), ours.get(name)];
    if (from === undefined || to === undefined)
      throw new Problem("invalid", text.otherTables(name));
    return { name, from: withColumns(from, to), to: withColumns(to, from) };
  });
}

function withColumns(shape: TableShape, other: TableShape): TableShape {
  const names = new Set(other.columns.map(({ name }) => name));
  const columns = shape.columns.filter(({ name }) => names.has(name));
  for (const { name } of shape.columns) {
    const column = `${shape.name}.${name}`;
    if (!names.has(name) && !computedColumns.has(column))
      throw new Problem("invalid", text.otherTables(column));
  }
  // In one order, whatever order migrations added them in.
  return { ...shape, columns: columns.toSorted((a, b) => (a.name < b.name ? -1 : 1)) };
}

/** Reads all rows of a table in batches; values are as the other side can have them. */
export async function* readTable(
  side: MoveSide,
  table: TableShape,
  after: Row | null = null,
): AsyncGenerator<readonly Row[]> {
  const places = table.key.map(({ name }) =>
    table.columns.findIndex((column) => column.name === name),
  );
  for (let last = after; ; ) {
    const rows = await side.read({ table, after: last, limit: BATCH });
    const lastRow = rows.at(-1);
    if (lastRow === undefined) return;
    yield rows;
    if (rows.length < BATCH) return;
    last = places.map((place) => lastRow[place] ?? null);
  }
}

/** Copies a table, or what is left of it. Returns how many texts could not be kept as they were. */
export async function copyTable(
  { name, from, to }: TablePair,
  [source, target]: readonly [MoveSide, MoveSide],
  onRows: OnRows,
): Promise<number> {
  const after = await target.lastKey(to);
  let replaced = 0;
  for await (const rows of readTable(source, from, after)) {
    const storable = target.kind === "postgres" ? rows.map(withoutNul) : rows;
    for (const [at, row] of storable.entries()) if (row !== rows[at]) replaced++;
    await explainRow(name, () => target.insert(to, storable));
    onRows(name, rows.length);
  }
  const lastId = await source.lastId(from);
  if (lastId !== null) await target.setLastId(to, lastId);
  return replaced;
}

const NUL = "\u0000";

/** The row itself where it has none. */
export function withoutNul(row: Row): Row {
  const has = (value: Value) => typeof value === "string" && value.includes(NUL);
  if (!row.some(has)) return row;
  return row.map((value) => (typeof value === "string" ? value.replaceAll(NUL, "\ufffd") : value));
}

async function explainRow(name: string, insert: () => Promise<void>): Promise<void> {
  try {
    await insert();
  } catch (cause) {
    if (!isDataFault(cause)) throw cause;
    const reason = cause instanceof Error ? cause.message : "";
    throw new Problem("invalid", text.badRow(name, reason), { cause });
  }
}
