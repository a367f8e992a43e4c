import type { Goal } from "../table.ts";
import type { MixRun } from "./mix.ts";

/** A row of the guide's table, and the measured value. */
interface Limit {
  readonly name: string;
  readonly most: number;
  readonly unit: string;
  of(run: MixRun): number;
}

/** The guide's table without its two rates, which are measured by the highest rate that meets the rest. */
export const limits: readonly Limit[] = [
  { name: "average", most: 200, unit: " ms", of: ({ load }) => load.averageMs },
  { name: "p95", most: 500, unit: " ms", of: ({ load }) => load.p95Ms },
  { name: "p99", most: 1000, unit: " ms", of: ({ load }) => load.p99Ms },
  { name: "errors", most: 0.1, unit: " %", of: ({ load }) => (100 * load.failed) / load.requests },
  { name: "CPU", most: 70, unit: " %", of: ({ cpuPercent }) => cpuPercent },
  { name: "memory", most: 80, unit: " %", of: ({ memoryPercent }) => memoryPercent },
];

/** Links and files opened per second. */
export const LEAST_OPENED = 1000;

/** Lists read and links created per second. */
export const LEAST_ADMIN = 50;

/** Whether every row is met; NaN meets none. */
export function keepsLimits(run: MixRun): boolean {
  return limits.every(({ of, most }) => of(run) <= most);
}

/** A goal for each row: to stay below this fraction of the guide's limit. */
export function limitGoals(run: MixRun, part: number): Goal[] {
  return limits.map(({ name, most, unit, of }) => ({
    name,
    value: of(run),
    most: most * part,
    unit,
  }));
}
