import { markedEncoding } from "../../text/text-encoding.ts";

/** A row of a CSV file, with the number of the line that it begins on. */
export interface CsvRow {
  readonly line: number;
  readonly cells: readonly string[];
}

/** The text of a CSV file: UTF-8, or UTF-16 where a byte order mark says so. */
export function decodeCsv(bytes: Uint8Array): string {
  return new TextDecoder(markedEncoding(bytes)).decode(bytes);
}

/** What separates the cells: of comma, semicolon and tab the most frequent in the first line. */
export function separatorOf(text: string): string {
  const [line = ""] = text.split(/\r\n|\r|\n/, 1);
  const plain = line.replaceAll(/"[^"]*"/g, "");
  const count = (separator: string) => plain.split(separator).length;
  return [",", ";", "\t"].reduce((best, next) => (count(next) > count(best) ? next : best));
}

/** Reads rows as RFC 4180 has them; line ends may be of any kind. Empty lines are left out. */
export function* csvRows(text: string, separator = separatorOf(text)): Generator<CsvRow> {
  // A quoted part, or one that nothing closes; then the rest of the cell, in which a quote is a quote.
  const token = new RegExp(`(?:"([^"]*(?:""[^"]*)*)(?:"|$))?([^${separator}\r\n]*)`, "y");
  let at = 0;
  let line = 1;
  while (at < text.length) {
    const begins = line;
    const cells: string[] = [];
    for (;;) {
      token.lastIndex = at;
      const [whole = "", quoted = "", plain = ""] = token.exec(text) ?? [];
      cells.push(quoted.replaceAll('""', '"') + plain);
      at += whole.length;
      line += linesIn(quoted);
      if (text[at] !== separator) break;
      at++;
    }
    at += text.startsWith("\r\n", at) ? 2 : 1;
    line++;
    if (cells.length > 1 || cells[0] !== "") yield { line: begins, cells };
  }
}

/** A list of addresses, one on each line, as rows of one cell. */
export function* addressRows(text: string): Generator<CsvRow> {
  for (const [at, line] of text.split(/\r\n|\r|\n/).entries())
    if (line.trim() !== "") yield { line: at + 1, cells: [line] };
}

function linesIn(text: string): number {
  return text.split(/\r\n|\r|\n/).length - 1;
}
