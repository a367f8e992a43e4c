/** Texts that a spreadsheet would run as a formula, with any apostrophes that stand before it. */
const FORMULA = /^'*[=+\-@\t\r]/;

/**
 * A line of CSV, quoted as RFC 4180 has it. A text that a spreadsheet would run as a formula gets an apostrophe in front,
 * which makes it text.
 */
export function csvLine(cells: readonly string[]): string {
  return `${cells.map(cellOf).join(",")}\r\n`;
}

function cellOf(text: string): string {
  const harmless = FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

/** The text that `csvLine` wrote as a cell. */
export function textOfCell(cell: string): string {
  return cell.startsWith("'") && FORMULA.test(cell) ? cell.slice(1) : cell;
}
