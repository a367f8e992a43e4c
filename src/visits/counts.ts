import type { Batch } from "./journal.ts";

const HOUR_MS = 3_600_000;

/** A batch made ready for its tables; `visitor` is a place in the batch's visitors. */
export interface VisitCounts {
  /** linkId, at, visitor */
  readonly single: readonly (readonly [number, number, number])[];
  /** linkId, hour since 1970, visitor, visits */
  readonly hourly: readonly HourCount[];
  /** linkId, visits, time of the last */
  readonly totals: readonly TotalCount[];
}

type HourCount = [number, number, number, number];
type TotalCount = [number, number, number];

/** Counts a batch. Sorted by link, so that the database walks its trees once and writers meet in one order. */
export function countVisits({ linkIds, times, places, visitors }: Batch): VisitCounts {
  const single = linkIds.map((linkId, at) => [linkId, times[at] ?? 0, places[at] ?? 0] as const);
  const hours = new Map<number, Map<number, HourCount>>();
  const totals = new Map<number, TotalCount>();
  for (const [linkId, time, place] of single) {
    const hour = Math.floor(time / HOUR_MS);
    const ofHour = hours.get(hour) ?? new Map<number, HourCount>();
    hours.set(hour, ofHour);
    countHour(ofHour, linkId * visitors.length + place, [linkId, hour, place, 1]);
    countTotal(totals, linkId, time);
  }
  return {
    single,
    hourly: [...hours.values()].flatMap((ofHour) => [...ofHour.values()]).sort(byLink),
    totals: [...totals.values()].sort(byLink),
  };
}

function countHour(ofHour: Map<number, HourCount>, key: number, first: HourCount): void {
  const count = ofHour.get(key);
  if (count === undefined) ofHour.set(key, first);
  else count[3]++;
}

function countTotal(totals: Map<number, TotalCount>, linkId: number, time: number): void {
  const count = totals.get(linkId);
  if (count === undefined) {
    totals.set(linkId, [linkId, 1, time]);
    return;
  }
  count[1]++;
  count[2] = Math.max(count[2], time);
}

function byLink([link]: readonly number[], [other]: readonly number[]): number {
  return (link ?? 0) - (other ?? 0);
}
