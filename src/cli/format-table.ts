/** A column of a table. */
export interface Column {
  readonly head: string;
  readonly align?: "right";
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
  readonly #columns: readonly Column[];
  readonly #widths: readonly number[];

  /** @param sample the rows that decide how wide columns are; later ones may stick out */
  constructor(columns: readonly Column[], sample: readonly Row[], width: number) {
    this.#columns = columns;
    const widths = columns.map(({ head }, at) =>
      Math.max(widthOf(head), ...sample.map((cells) => widthOf(printable(cells[at] ?? "")))),
    );
    const fixed = widths.slice(0, -1).reduce((sum, more) => sum + more + GAP.length, 0);
    this.#widths = [...widths.slice(0, -1), Math.max(width - fixed, LEAST_WIDTH)];
  }

  heads(): string {
    return this.row(this.#columns.map(({ head }) => head));
  }

  row(cells: Row): string {
    const last = this.#columns.length - 1;
    const laid = this.#columns.map(({ align }, at) => {
      const cell = printable(cells[at] ?? "");
      const width = this.#widths[at] ?? 0;
      if (at === last) return cut(cell, width);
      const blanks = " ".repeat(Math.max(0, width - widthOf(cell)));
      return align === "right" ? blanks + cell : cell + blanks;
    });
    return laid.join(GAP).trimEnd();
  }
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
  const room = Math.max(width - indent.length, LEAST_WIDTH);
  return pairs
    .map(([term, description]) => {
      const start = `${GAP}${term}`.padEnd(indent.length);
      return start + wrap(description, room).join(`\n${indent}`);
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
