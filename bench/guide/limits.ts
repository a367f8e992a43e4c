import type { Goal } from "../table.ts";
import type { MixRun } from "./mix.ts";

/** A row of the guide's table, and what a run has to show for it. */
interface Limit {
  readonly name: string;
  readonly most: number;
  readonly unit: string;
  of(run: MixRun): number;
}

/** The guide's table, but for its two rates: those are reached by the highest rate that keeps the rest. */
export const limits: readonly Limit[] = [
  { name: "average", most: 200, unit: " ms", of: ({ load }) => load.averageMs },
  { name: "p95", most: 500, unit: " ms", of: ({ load }) => load.p95Ms },
  { name: "p99", most: 1000, unit: " ms", of: ({ load }) => load.p99Ms },
  { name: "errors", most: 0.1, unit: " %", of: ({ load }) => (100 * load.failed) / load.requests },
  { name: "CPU", most: 70, unit: " %", of: ({ cpuPercent }) => cpuPercent },
  { name: "memory", most: 80, unit: " %", of: ({ memoryPercent }) => memoryPercent },
];

/** Links and files opened each second. */
export const LEAST_OPENED = 1000;

/** Lists read and links made each second. */
export const LEAST_ADMIN = 50;

/** Whether every row is kept; a figure that is not there keeps none. */
export function keepsLimits(run: MixRun): boolean {
  return limits.every(({ of, most }) => of(run) <= most);
}

/** A goal for each row: to stay below this part of what the guide allows. */
export function limitGoals(run: MixRun, part: number): Goal[] {
  return limits.map(({ name, most, unit, of }) => ({
    name,
    value: of(run),
    most: most * part,
    unit,
  }));
}
