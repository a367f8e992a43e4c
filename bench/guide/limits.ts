import type { Goal } from "../table.ts";
import type { MixRun } from "./mix.ts";

/** A row of the guide's table, and the measured value. */
interface Limit {
  readonly name: string;
  /** The guide's limit. */
  readonly most: number;
  /** Ours, at 1,000 requests/s. */
  readonly goal: number;
  readonly unit: string;
  of(run: MixRun): number;
}

/** The guide's table without its two rates, which are measured by the highest rate that meets the rest; and our goals. */
export const limits: readonly Limit[] = [
  { name: "average", most: 200, goal: 20, unit: " ms", of: ({ load }) => load.averageMs },
  { name: "p95", most: 500, goal: 60, unit: " ms", of: ({ load }) => load.p95Ms },
  { name: "p99", most: 1000, goal: 150, unit: " ms", of: ({ load }) => load.p99Ms },
  {
    name: "errors",
    most: 0.1,
    goal: 0,
    unit: " %",
    of: ({ load }) => (100 * load.failed) / load.requests,
  },
  { name: "CPU", most: 70, goal: 20, unit: " %", of: ({ cpuPercent }) => cpuPercent },
  { name: "memory", most: 80, goal: 40, unit: " %", of: ({ memoryPercent }) => memoryPercent },
];

/** Whether every row is met; NaN meets none. */
export function keepsLimits(run: MixRun): boolean {
  return limits.every(({ of, most }) => of(run) <= most);
}

/** A goal for each row: to stay below the guide's limit, or to reach ours. */
export function limitGoals(run: MixRun, whose: "most" | "goal"): Goal[] {
  return limits.map((limit) => {
    return { name: limit.name, value: limit.of(run), most: limit[whose], unit: limit.unit };
  });
}
