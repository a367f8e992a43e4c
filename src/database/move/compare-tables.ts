import { type OnRows, readTable, type TablePair, withoutNul } from "./copy-tables.ts";
import type { MoveSide, Row, TableShape } from "./move-side.ts";

/** What a table holds: its rows in the order of its key have this SHA-256. */
export interface TableDigest {
  readonly rows: number;
  readonly sha256: string;
}

export interface Comparison extends TableDigest {
  readonly name: string;
  readonly isEqual: boolean;
}

/** Reads a table on both sides, and compares. */
export async function compareTable(
  { name, from, to }: TablePair,
  [source, target]: readonly [MoveSide, MoveSide],
  onRows: OnRows,
): Promise<Comparison> {
  const cleans = target.kind === "postgres";
  const expected = await digest(source, from, cleans, (rows) => onRows(name, rows));
  const found = await digest(target, to, cleans, () => {});
  return { name, ...expected, isEqual: expected.sha256 === found.sha256 };
}

async function digest(
  side: MoveSide,
  table: TableShape,
  cleans: boolean,
  onRows: (rows: number) => void,
): Promise<TableDigest> {
  const hasher = new Bun.CryptoHasher("sha256");
  let count = 0;
  for await (const rows of readTable(side, table)) {
    for (const row of rows) hasher.update(textOf(cleans ? withoutNul(row) : row));
    count += rows.length;
    onRows(rows.length);
  }
  return { rows: count, sha256: hasher.digest("hex") };
}

/** Unambiguous: a line of JSON, in which bytes are an array of their hex digits. */
function textOf(row: Row): string {
  const values = row.map((value) =>
    value instanceof Uint8Array ? [Buffer.from(value).toString("hex")] : value,
  );
  return `${JSON.stringify(values)}\n`;
}
