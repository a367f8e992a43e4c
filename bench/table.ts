import type { Spread } from "./stats.ts";

/** Rows of text as columns; the first column to the left, the others to the right. */
export function formatTable(rows: readonly (readonly string[])[]): string {
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

/** A figure a bench must reach. */
export interface Goal {
  readonly name: string;
  readonly value: number;
  readonly most: number;
  readonly unit: string;
}

/** A figure that is not there reaches no goal. */
export function isReached({ value, most }: Goal): boolean {
  return value <= most;
}

export function formatGoals(goals: readonly Goal[]): string {
  return formatTable(
    goals.map((goal) => [
      goal.name,
      `${formatNumber(goal.value)}${goal.unit}`,
      `at most ${goal.most}${goal.unit}`,
      isReached(goal) ? "pass" : "MISS",
    ]),
  );
}

/** Three digits that count, and thousands in groups. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return "-";
  const decimals = value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return value.toLocaleString("en-US", {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  });
}

/** The middle, and how far the rounds lay apart. */
export function formatSpread({ median, least, most }: Spread): string {
  return `${formatNumber(median)} (${formatNumber(least)}-${formatNumber(most)})`;
}
