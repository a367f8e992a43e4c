import type { Spread } from "./stats.ts";

/** Text in columns; the first row names them. */
export interface Table {
  readonly title: string;
  readonly rows: readonly (readonly string[])[];
}

/** Aligns rows of text in columns: the first to the left, the others to the right. */
export function formatTable(rows: Table["rows"]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  const lines = rows.map((row) =>
    row
      .map((cell, column) => pad(cell, widths[column] ?? 0, column === 0))
      .join("  ")
      .trimEnd(),
  );
  return `${lines.join("\n")}\n`;
}

function pad(cell: string, width: number, isFirst: boolean): string {
  return isFirst ? cell.padEnd(width) : cell.padStart(width);
}

/** The same in Markdown. */
export function formatMarkdownTable([head = [], ...rows]: Table["rows"]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |\n`;
  const rule = head.map((_, column) => (column === 0 ? "---" : "---:"));
  return [head, rule, ...rows].map(line).join("");
}

/** A goal of a benchmark. */
export type Goal = {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
} & ({ readonly most: number } | { readonly least: number });

/** NaN reaches no goal. */
export function isReached(goal: Goal): boolean {
  return "most" in goal ? goal.value <= goal.most : goal.value >= goal.least;
}

/** A goal for failures: 0. */
export function goalOfNone(name: string, value: number): Goal {
  return { name, value, most: 0, unit: "" };
}

/** Empty without goals. */
export function tablesOfGoals(goals: readonly Goal[]): Table[] {
  if (goals.length === 0) return [];
  const rows = goals.map((goal) => [
    goal.name,
    `${formatNumber(goal.value)}${goal.unit}`,
    "most" in goal ? `at most ${goal.most}${goal.unit}` : `at least ${goal.least}${goal.unit}`,
    isReached(goal) ? "pass" : "MISS",
  ]);
  return [{ title: "Goals", rows: [["", "measured", "goal", ""], ...rows] }];
}

/** Three significant digits, and thousands separators. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return "-";
  const decimals = value >= 100 || value === 0 ? 0 : value >= 10 ? 1 : 2;
  return value.toLocaleString("en-US", {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  });
}

export function formatMegabytes(bytes: number): string {
  return formatNumber(bytes / 1e6);
}

/** Median and range. */
export function formatSpread({ median, least, most }: Spread): string {
  return `${formatNumber(median)} (${formatNumber(least)}-${formatNumber(most)})`;
}
