import { classify, type Visit, type Visitor } from "./visit.ts";

const HOUR_MS = 3_600_000;

/** A batch of visits made ready for its tables, sorted by link; `visitor` is a place in `visitors`. */
export interface VisitCounts {
  readonly visitors: readonly Visitor[];
  /** linkId, at, visitor */
  readonly single: readonly (readonly [number, number, number])[];
  /** linkId, hour since 1970, visitor, visits */
  readonly hourly: readonly (readonly [number, number, number, number])[];
  /** linkId, visits, time of the last */
  readonly totals: readonly (readonly [number, number, number])[];
}

/** Counts a batch. Sorted, so that the database walks its trees once and two writers meet in one order. */
export function countVisits(visits: readonly Visit[]): VisitCounts {
  const places = new VisitorPlaces();
  const single = visits
    .map((visit): [number, number, number] => [visit.linkId, visit.at, places.of(visit)])
    .sort(([link, at, visitor], [otherLink, otherAt, otherVisitor]) => {
      return link - otherLink || visitor - otherVisitor || at - otherAt;
    });
  return {
    visitors: places.visitors,
    single,
    hourly: countHours(single),
    totals: countTotals(single),
  };
}

function countHours(single: VisitCounts["single"]): [number, number, number, number][] {
  const counts: [number, number, number, number][] = [];
  for (const [linkId, at, visitor] of single) {
    const hour = Math.floor(at / HOUR_MS);
    const last = counts.at(-1);
    if (last && last[0] === linkId && last[1] === hour && last[2] === visitor) last[3]++;
    else counts.push([linkId, hour, visitor, 1]);
  }
  return counts;
}

function countTotals(single: VisitCounts["single"]): [number, number, number][] {
  const totals: [number, number, number][] = [];
  for (const [linkId, at] of single) {
    const last = totals.at(-1);
    if (last === undefined || last[0] !== linkId) {
      totals.push([linkId, 1, at]);
    } else {
      last[1]++;
      last[2] = Math.max(last[2], at);
    }
  }
  return totals;
}

/** Gives each kind of visitor in a batch a place; the same three headers are read once. */
class VisitorPlaces {
  readonly visitors: Visitor[] = [];
  readonly #byHeaders = new Map<string, number>();
  readonly #byVisitor = new Map<string, number>();

  of(visit: Visit): number {
    const headers = `${visit.purpose}\n${visit.referrer}\n${visit.userAgent}`;
    const known = this.#byHeaders.get(headers);
    if (known !== undefined) return known;
    const place = this.#place(classify(visit));
    this.#byHeaders.set(headers, place);
    return place;
  }

  #place(visitor: Visitor): number {
    const key = JSON.stringify(visitor);
    const known = this.#byVisitor.get(key);
    if (known !== undefined) return known;
    this.#byVisitor.set(key, this.visitors.length);
    return this.visitors.push(visitor) - 1;
  }
}
