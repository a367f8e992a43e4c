import type { KeySum } from "../../database/dialect.ts";
import { barAt, type Calendar } from "./calendar.ts";
import { readBarKey } from "./counted-rows.ts";
import type { Bar, Totals } from "./report.ts";

/** Visits of a class, by its index in `visitorClasses`. */
export interface ClassSum {
  readonly class: number;
  readonly sum: number;
}

/** Unique visitors of a day. */
export interface DayVisitors {
  readonly day: number;
  readonly visitors: number;
}

/** The bars of a calendar, each with its visits. */
export function barsOf(
  calendar: Calendar,
  counted: readonly KeySum[],
  unique: readonly DayVisitors[] | null,
): Bar[] {
  const hasUnique = unique !== null && calendar.unit !== "hour";
  const bars = calendar.starts.map((from) => ({
    from,
    people: 0,
    machines: 0,
    bots: 0,
    previews: 0,
    prefetches: 0,
    unique: hasUnique ? 0 : null,
  }));
  for (const { key, sum } of counted) {
    if (key === null) continue;
    const { slot, class: place } = readBarKey(calendar, key);
    const bar = bars[barAt(calendar, slot)];
    if (bar === undefined) continue;
    const of = classNames[place] ?? "people";
    bar[of] += sum;
    if (of !== "people") bar.machines += sum;
  }
  if (hasUnique)
    for (const { day, visitors } of unique) {
      const bar = bars[barAt(calendar, day)];
      if (bar !== undefined) bar.unique = (bar.unique ?? 0) + visitors;
    }
  return bars;
}

/** By their indexes in `visitorClasses`. */
const classNames = ["people", "bots", "previews", "prefetches"] as const;

/** Sums of all classes. */
export function totalsOf(sums: readonly ClassSum[], unique: readonly DayVisitors[] | null): Totals {
  const totals = { people: 0, machines: 0, bots: 0, previews: 0, prefetches: 0 };
  for (const { class: place, sum } of sums) {
    const of = classNames[place] ?? "people";
    totals[of] += sum;
    if (of !== "people") totals.machines += sum;
  }
  return { ...totals, unique: unique && sumVisitors(unique) };
}

/** Unique visitors of several days: their sum. */
export function sumVisitors(unique: readonly DayVisitors[]): number {
  return unique.reduce((total, { visitors }) => total + visitors, 0);
}
