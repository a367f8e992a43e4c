import { paint, type Style } from "./screen.ts";

/** A column of a table. */
export interface Column {
  readonly head: string;
  readonly align?: "right";
  /** Left out where the screen is too narrow; of several, the last one first. */
  readonly isOptional?: boolean;
  readonly style?: (cell: string) => Style | undefined;
}

/** Between two columns. */
const GAP = "  ";

/** A column that is cut keeps at least this width. */
const LEAST_WIDTH = 12;

/**
 * Lays out rows under their heads, for a screen of `width` columns: the last column is cut to what is left. All others
 * are as wide as their widest cell, so that short codes can be copied.
 */
class Table {
  readonly #columns: readonly LaidColumn[];

  /** @param sample the rows that decide how wide columns are; later ones may stick out */
  constructor(columns: readonly Column[], sample: readonly Row[], width: number) {
    const laid = columns.map((column, at) => ({
      ...column,
      at,
      width: widest(column, at, sample),
    }));
    const kept = fitting(laid, width);
    this.#columns = kept.with(-1, { ...last(kept), width: widthOfLast(kept, width), isLast: true });
  }

  heads(): string {
    return this.#columns
      .map((column) => lay(column.head, "bold", column))
      .join(GAP)
      .trimEnd();
  }

  row(cells: Row): string {
    const laid = this.#columns.map((column) => {
      const cell = printable(cells[column.at] ?? "");
      return lay(cell, column.style?.(cell), column);
    });
    return laid.join(GAP).trimEnd();
  }
}

function lay(cell: string, style: Style | undefined, { align, width, isLast }: LaidColumn): string {
  if (isLast) return paint(cut(cell, width), style);
  const blanks = " ".repeat(Math.max(0, width - widthOf(cell)));
  const painted = paint(cell, style);
  return align === "right" ? blanks + painted : painted + blanks;
}

/** A column, its place among the cells of a row, and how wide it is. */
interface LaidColumn extends Column {
  readonly at: number;
  readonly width: number;
  readonly isLast?: boolean;
}

function widest({ head }: Column, at: number, sample: readonly Row[]): number {
  return Math.max(widthOf(head), ...sample.map((cells) => widthOf(printable(cells[at] ?? ""))));
}

/** Those columns that fit on a screen. */
function fitting(columns: readonly LaidColumn[], width: number): readonly LaidColumn[] {
  const needed = Math.min(last(columns).width, LEAST_WIDTH);
  if (width - widthBeforeLast(columns) >= needed) return columns;
  const optional = columns.findLastIndex(({ isOptional }) => isOptional);
  return optional === -1 ? columns : fitting(columns.toSpliced(optional, 1), width);
}

function widthOfLast(columns: readonly LaidColumn[], width: number): number {
  return Math.max(width - widthBeforeLast(columns), LEAST_WIDTH);
}

function widthBeforeLast(columns: readonly LaidColumn[]): number {
  return columns.slice(0, -1).reduce((sum, { width }) => sum + width + GAP.length, 0);
}

function last(columns: readonly LaidColumn[]): LaidColumn {
  const column = columns.at(-1);
  if (column === undefined) throw new TypeError("columns");
  return column;
}

export type Row = readonly string[];

/** Returns a whole table. */
export function formatTable(
  columns: readonly Column[],
  rows: readonly Row[],
  width: number,
): string {
  return [...linesOf(new Table(columns, rows, width), rows)].join("\n");
}

/** Lays out rows as they arrive; the first `sampleSize` of them decide how wide columns are. */
export async function* formatRows(
  columns: readonly Column[],
  rows: AsyncIterable<Row>,
  { width, sampleSize }: { readonly width: number; readonly sampleSize: number },
): AsyncGenerator<string> {
  const sample: Row[] = [];
  let table: Table | null = null;
  for await (const row of rows) {
    if (table !== null) yield table.row(row);
    else if (sample.push(row) === sampleSize) {
      table = new Table(columns, sample, width);
      yield* linesOf(table, sample);
    }
  }
  if (table === null && sample.length > 0)
    yield* linesOf(new Table(columns, sample, width), sample);
}

function* linesOf(table: Table, rows: readonly Row[]): Generator<string> {
  yield table.heads();
  for (const row of rows) yield table.row(row);
}

/** Lays out terms and their descriptions, which are wrapped to a screen of `width` columns. */
export function formatPairs(pairs: readonly (readonly [string, string])[], width: number): string {
  const indent = GAP + " ".repeat(Math.max(...pairs.map(([term]) => widthOf(term)))) + GAP;
  const rest = Math.max(width - indent.length, LEAST_WIDTH);
  return pairs
    .map(([term, description]) => {
      const start = `${GAP}${term}`.padEnd(indent.length);
      return start + wrap(description, rest).join(`\n${indent}`);
    })
    .join("\n");
}

/** Splits a text into lines of at most `width` columns, between its words. */
function wrap(words: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of words.split(" ")) {
    const longer = `${lines.at(-1)} ${word}`;
    if (lines.length > 0 && widthOf(longer) <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

/** Columns of a terminal that a text takes: two for a Chinese character, none for a combining accent. */
function widthOf(cell: string): number {
  return Bun.stringWidth(cell);
}

/** Replaces what could control the terminal, in names and destinations that anyone may have chosen. */
function printable(cell: string): string {
  return cell.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/gu, "\ufffd");
}

function cut(cell: string, width: number): string {
  if (widthOf(cell) <= width) return cell;
  let kept = "";
  let used = 0;
  for (const { segment } of new Intl.Segmenter().segment(cell)) {
    used += widthOf(segment);
    if (used >= width) break;
    kept += segment;
  }
  return `${kept}\u2026`;
}
