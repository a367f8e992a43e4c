import { classify, type Visit, type Visitor } from "./visit.ts";

const HOUR_MS = 3_600_000;

/** A batch of visits made ready for its tables; `visitor` is a place in `visitors`. Sorted by link. */
export interface VisitCounts {
  readonly visitors: readonly Visitor[];
  /** linkId, at, visitor */
  readonly single: readonly (readonly [number, number, number])[];
  /** linkId, hour since 1970, visitor, visits */
  readonly hourly: readonly (readonly [number, number, number, number])[];
  /** linkId, visits, time of the last */
  readonly totals: readonly (readonly [number, number, number])[];
}

/** Counts a batch. Sorted by link, so that the database walks its trees once and two writers meet in one order. */
export function countVisits(visits: readonly Visit[]): VisitCounts {
  const places = new VisitorPlaces();
  const byLink = new Map<number, Visit[]>();
  for (const visit of visits) {
    const others = byLink.get(visit.linkId);
    if (others === undefined) byLink.set(visit.linkId, [visit]);
    else others.push(visit);
  }
  const links = [...byLink].sort(([a], [b]) => a - b);
  return {
    single: visits.map((visit) => [visit.linkId, visit.at, places.of(visit)]),
    hourly: links.flatMap(([linkId, ofLink]) => countHours(linkId, ofLink, places)),
    totals: links.map(([linkId, ofLink]) => [linkId, ofLink.length, latest(ofLink)]),
    visitors: places.visitors,
  };
}

function countHours(
  linkId: number,
  visits: readonly Visit[],
  places: VisitorPlaces,
): [number, number, number, number][] {
  const counts = new Map<string, [number, number, number, number]>();
  for (const visit of visits) {
    const hour = Math.floor(visit.at / HOUR_MS);
    const visitor = places.of(visit);
    const count = counts.get(`${hour} ${visitor}`);
    if (count === undefined) counts.set(`${hour} ${visitor}`, [linkId, hour, visitor, 1]);
    else count[3]++;
  }
  return [...counts.values()];
}

function latest(visits: readonly Visit[]): number {
  return visits.reduce((last, visit) => Math.max(last, visit.at), 0);
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
