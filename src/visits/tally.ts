import type { Columns } from "../database/database.ts";
import { type Visitor, visitorOf } from "./visit.ts";

const HOUR_MS = 3_600_000;

/** Maximum number of visits per transaction, so that it does not delay others for long. */
const CAPACITY = 20_000;

/** A key is the link's id times this, plus the number of an hour and a visitor; exact for ids up to 8 billion. */
const PAIRS = 2 ** 20;

/** Visits read from journals: single ones, and summed by link, hour and visitor. */
export class Tally {
  visitors: Visitor[] = [];
  #single = 0;
  readonly #linkIds = new Float64Array(CAPACITY);
  readonly #times = new Float64Array(CAPACITY);
  readonly #places = new Float64Array(CAPACITY);
  readonly #placesByHost = new Map<string, Map<number, number>>();
  readonly #pairNumbers = new Map<number, number>();
  #pairs: { readonly hour: number; readonly place: number }[] = [];
  readonly #sums = new Map<number, { visits: number; last: number }>();

  /** Number of single visits that still fit. */
  get remaining(): number {
    return CAPACITY - this.#single;
  }

  get isFull(): boolean {
    return this.#single === CAPACITY || this.#sums.size >= CAPACITY;
  }

  get isEmpty(): boolean {
    return this.#sums.size === 0;
  }

  /** Empties the tally, which is reused: its columns take half a megabyte. */
  clear(): void {
    this.visitors = [];
    this.#single = 0;
    this.#pairs = [];
    for (const known of [this.#placesByHost, this.#pairNumbers, this.#sums]) known.clear();
  }

  readonly addVisit = (linkId: number, at: number, code: number, host: string): void => {
    const place = this.#placeOf(code, host);
    this.#linkIds[this.#single] = linkId;
    this.#times[this.#single] = at;
    this.#places[this.#single] = place;
    this.#single++;
    this.#sum(linkId, at, place, 1);
  };

  /** Adds visits of which only the class is known. */
  readonly addTotal = (
    linkId: number,
    last: number,
    visitorClass: number,
    visits: number,
  ): void => {
    this.#sum(linkId, last, this.#placeOf(visitorClass, ""), visits);
  };

  /**
   * Returns the link, time and visitor of each visit.
   * @param visitorIds row ids of `visitors`
   */
  single(visitorIds: readonly number[]): Columns {
    return {
      link_id: this.#linkIds.slice(0, this.#single),
      at: this.#times.slice(0, this.#single),
      visitor_id: this.#places.slice(0, this.#single).map((place) => visitorIds[place] ?? 0),
    };
  }

  /** Returns visits by link, hour and visitor, in the order of links. */
  hours(visitorIds: readonly number[]): Columns {
    const keys = this.#sortedKeys();
    const pairOf = (key: number) => this.#pairs[key % PAIRS];
    return {
      link_id: keys.map((key) => Math.floor(key / PAIRS)),
      hour: keys.map((key) => pairOf(key)?.hour ?? 0),
      visitor_id: keys.map((key) => visitorIds[pairOf(key)?.place ?? 0] ?? 0),
      visits: keys.map((key) => this.#sums.get(key)?.visits ?? 0),
    };
  }

  /** Returns visits by people and the time of the last one by link, in the order of links. */
  totals(): Columns {
    const byLink = new Map<number, { visits: number; last: number }>();
    for (const key of this.#sortedKeys()) {
      if (!this.#isByPerson(key)) continue;
      const linkId = Math.floor(key / PAIRS);
      const sum = this.#sums.get(key) ?? { visits: 0, last: 0 };
      const total = byLink.get(linkId);
      if (total === undefined) byLink.set(linkId, { ...sum });
      else addTo(total, sum.visits, sum.last);
    }
    const sums = [...byLink.values()];
    return {
      link_id: Float64Array.from(byLink.keys()),
      visits: Float64Array.from(sums, ({ visits }) => visits),
      last_visit_at: Float64Array.from(sums, ({ last }) => last),
    };
  }

  #isByPerson(key: number): boolean {
    const pair = this.#pairs[key % PAIRS];
    return pair !== undefined && this.visitors[pair.place]?.class === "human";
  }

  #sortedKeys(): Float64Array {
    return Float64Array.from(this.#sums.keys()).sort();
  }

  #sum(linkId: number, at: number, place: number, visits: number): void {
    const key = linkId * PAIRS + this.#pairOf(Math.floor(at / HOUR_MS), place);
    const sum = this.#sums.get(key);
    if (sum === undefined) this.#sums.set(key, { visits, last: at });
    else addTo(sum, visits, at);
  }

  #placeOf(code: number, host: string): number {
    const ofHost = this.#placesByHost.get(host);
    const known = ofHost?.get(code);
    if (known !== undefined) return known;
    const place = this.visitors.push(visitorOf(code, host)) - 1;
    if (ofHost === undefined) this.#placesByHost.set(host, new Map([[code, place]]));
    else ofHost.set(code, place);
    return place;
  }

  #pairOf(hour: number, place: number): number {
    const key = hour * CAPACITY * 2 + place;
    const known = this.#pairNumbers.get(key);
    if (known !== undefined) return known;
    this.#pairNumbers.set(key, this.#pairs.length);
    return this.#pairs.push({ hour, place }) - 1;
  }
}

function addTo(sum: { visits: number; last: number }, visits: number, at: number): void {
  sum.visits += visits;
  if (at > sum.last) sum.last = at;
}
