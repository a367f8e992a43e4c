/** A row before its cells are read. */
export interface SplitRow {
  /** The number of the line that it begins on. */
  readonly line: number;
  /** The line that it ends on, as far as it was read. */
  readonly last: number;
  /** Without the end of the line; only the beginning of a row that is too long. */
  readonly text: string;
  readonly fault: "unclosed" | "too_long" | null;
}

/** Most characters of a row: more than all fields of a link come to. */
export const MAX_ROW = 100_000;

type State = "cell" | "plain" | "quoted" | "closing" | "skipping";

/**
 * Splits a text that arrives in pieces into rows as RFC 4180 has them; line ends may be of any kind, and empty lines are
 * left out. It looks at every character once and keeps no more than a row.
 */
export class RowSplitter {
  readonly #separator: string | null;
  #text = "";
  /** Where the row begins, and how far it has been looked at. */
  #from = 0;
  #at = 0;
  #state: State = "cell";
  #line = 1;
  #last = 1;
  #begins = 1;
  #cellLine = 1;
  #isUnclosed = false;
  #isAfterReturn = false;

  /** @param separator of the cells; null: each line is a row of one cell, whatever its quotes */
  constructor(separator: string | null) {
    this.#separator = separator;
  }

  /** Returns the rows that end in this piece. */
  push(piece: string): SplitRow[] {
    this.#text = this.#text.slice(this.#from) + piece;
    this.#at -= this.#from;
    this.#from = 0;
    const rows: SplitRow[] = [];
    for (; this.#at < this.#text.length; this.#at++) {
      const row = this.#take(this.#text.charAt(this.#at));
      if (row !== null) rows.push(row);
    }
    return rows;
  }

  /** Returns the row that the end of the text ends. */
  end(): SplitRow[] {
    this.#last = this.#line;
    const fault = this.#state === "quoted" || this.#isUnclosed ? "unclosed" : null;
    const row = this.#rowOf(this.#text.slice(this.#from), fault);
    return this.#state === "skipping" || row === null ? [] : [row];
  }

  #take(char: string): SplitRow | null {
    const isSecondOfTwo = char === "\n" && this.#isAfterReturn;
    this.#isAfterReturn = char === "\r";
    if (char === "\n" || char === "\r") {
      this.#last = this.#line;
      if (!isSecondOfTwo) this.#line++;
      if (this.#state !== "quoted") return this.#endRow();
    } else if (this.#state !== "skipping") this.#next(char);
    return this.#at - this.#from > MAX_ROW ? this.#skip() : null;
  }

  #next(char: string): void {
    if (this.#state === "quoted") {
      if (char === '"') this.#state = "closing";
    } else if (char === this.#separator) {
      this.#state = "cell";
    } else if (char === '"' && this.#separator !== null && this.#state !== "plain") {
      if (this.#state === "cell") this.#cellLine = this.#line;
      this.#state = "quoted";
    } else {
      // A cell that ends lines further down than it began, in the middle of a line, ends in another one's quotes.
      if (this.#state === "closing" && this.#line > this.#cellLine) this.#isUnclosed = true;
      this.#state = "plain";
    }
  }

  #endRow(): SplitRow | null {
    const isSkipped = this.#state === "skipping";
    const fault = this.#isUnclosed ? "unclosed" : null;
    const row = isSkipped ? null : this.#rowOf(this.#text.slice(this.#from, this.#at), fault);
    this.#from = this.#at + 1;
    this.#begins = this.#line;
    this.#state = "cell";
    this.#isUnclosed = false;
    return row;
  }

  /** Leaves out the rest of a row. */
  #skip(): SplitRow | null {
    if (this.#state === "skipping") {
      this.#from = this.#at;
      return null;
    }
    this.#last = this.#line;
    const fault = this.#state === "quoted" || this.#isUnclosed ? "unclosed" : "too_long";
    const row = this.#rowOf(this.#text.slice(this.#from, this.#from + 1000), fault);
    this.#state = "skipping";
    this.#from = this.#at;
    return row;
  }

  #rowOf(text: string, fault: SplitRow["fault"]): SplitRow | null {
    if (text.trim() === "") return null;
    return { line: this.#begins, last: this.#last, text, fault };
  }
}

/** The cells of a row. */
export function cellsOf(text: string, separator: string): string[] {
  // A quoted part, or one that nothing closes; then the rest of the cell, in which a quote is a quote.
  const token = new RegExp(`(?:"([^"]*(?:""[^"]*)*)(?:"|$))?([^${separator}]*)`, "y");
  const cells: string[] = [];
  for (let at = 0; ; at++) {
    token.lastIndex = at;
    const [whole = "", quoted = "", plain = ""] = token.exec(text) ?? [];
    cells.push(quoted.replaceAll('""', '"') + plain);
    at += whole.length;
    if (text[at] !== separator) return cells;
  }
}

/** What separates the cells: of comma, semicolon and tab the most frequent in the first line. */
export function separatorOf(line: string): string {
  const plain = line.replaceAll(/"[^"]*"/g, "");
  const count = (separator: string) => plain.split(separator).length;
  return [",", ";", "\t"].reduce((best, next) => (count(next) > count(best) ? next : best));
}
