import type { Columns } from "../database/database.ts";
import { type Dimension, type DimensionValue, dimensions } from "./dimension.ts";
import { dayOf, QUARTER_MS, quarterOf } from "./quarter.ts";
import { classPlaceOf, HUMAN, visitorOf } from "./visit.ts";

/** Single visits per transaction: at first, and at least and at most. */
const FIRST_LIMIT = 1000;
const LEAST_LIMIT = 500;
const MOST_LIMIT = 20_000;

/** How long a transaction should take, in milliseconds: others wait for it. */
const TURN_MS = 100;

/** Most numbers of a `Numbering`: a key is the link's id times this, plus one; exact for ids up to 8 billion. */
const NUMBERS = 2 ** 20;

/** People's visits to a link on one day, by the values of one dimension. */
export interface Group {
  readonly linkId: number;
  readonly dimension: Dimension;
  readonly day: number;
  /** How many values it has. */
  size: number;
}

/** A value in a group. */
export interface Member {
  readonly group: number;
  /** Index in `values`. */
  readonly place: number;
  readonly visits: number;
}

/** The id of the value at a place, in a group of people's visits or in none. */
export type IdOf = (place: number, group: number | null) => number;

/** Index in `values` of all values that are not known; its text is not kept. */
export const UNKNOWN = 0;

/** What records contain of each visit. */
const RECORDED = ["referrer", "browser", "system"] as const satisfies readonly Dimension[];

const NO_GROUP = -1;

/** Visits read from journals: single ones, and summed by link, quarter hour and class, and by link, day and value. */
export class Tally {
  /** Distinct values; that at `UNKNOWN` stands for none. */
  readonly values: DimensionValue[] = [];
  readonly groups: Group[] = [];
  #zone = "UTC";
  #single = 0;
  #limit = FIRST_LIMIT;
  readonly #linkIds = new Float64Array(MOST_LIMIT);
  readonly #times = new Float64Array(MOST_LIMIT);
  readonly #classes = new Float64Array(MOST_LIMIT);
  readonly #places = RECORDED.map(() => new Int32Array(MOST_LIMIT));
  readonly #groupsOf = RECORDED.map(() => new Int32Array(MOST_LIMIT));
  readonly #placesByText = RECORDED.map(() => new Map<string, number>());
  readonly #days = new Map<number, number>();
  /** By link, and quarter hour and class. */
  readonly #quarters = new Map<number, { visits: number; last: number }>();
  readonly #quarterClasses = new Numbering();
  /** By link, and day and dimension. */
  readonly #groupNumbers = new Map<number, number>();
  readonly #dayDimensions = new Numbering();
  /** Visits by group and place. */
  readonly #members = new Map<number, number>();

  constructor() {
    this.clear("UTC");
  }

  /** Number of single visits that still fit. */
  get remaining(): number {
    return this.#limit - this.#single;
  }

  get isFull(): boolean {
    return this.#single === this.#limit || this.#quarters.size >= this.#limit;
  }

  get isEmpty(): boolean {
    return this.#quarters.size === 0;
  }

  /** Takes more visits at a time, or fewer, by how long the transaction took that saved a full tally. */
  adapt(tookMs: number): void {
    if (tookMs > TURN_MS) this.#limit = Math.max(LEAST_LIMIT, this.#limit / 2);
    else if (tookMs < TURN_MS / 2) this.#limit = Math.min(MOST_LIMIT, this.#limit * 2);
  }

  /** Empties the tally, which is reused. Days are those of `zone`, an IANA name. */
  clear(zone: string): void {
    this.#zone = zone;
    this.#single = 0;
    this.values.length = 0;
    this.values.push({ dimension: "referrer", text: "" });
    this.groups.length = 0;
    this.#quarterClasses.clear();
    this.#dayDimensions.clear();
    for (const known of [this.#days, this.#quarters, this.#groupNumbers, this.#members])
      known.clear();
    for (const known of this.#placesByText) known.clear();
  }

  readonly addVisit = (linkId: number, at: number, code: number, host: string): void => {
    const { browser, system } = visitorOf(code, host);
    const classPlace = classPlaceOf(code);
    const row = this.#single++;
    this.#linkIds[row] = linkId;
    this.#times[row] = at;
    this.#classes[row] = classPlace;
    const isPerson = classPlace === HUMAN;
    this.#noteValue(row, isPerson, 0, host);
    this.#noteValue(row, isPerson, 1, browser);
    this.#noteValue(row, isPerson, 2, system);
    this.#sum(linkId, at, classPlace, 1);
  };

  #noteValue(row: number, isPerson: boolean, index: number, text: string): void {
    const dimension = RECORDED[index] as Dimension;
    const place = this.#placeOf(index, dimension, text);
    const linkId = this.#linkIds[row] ?? 0;
    const at = this.#times[row] ?? 0;
    const group = isPerson ? this.#count(linkId, at, dimension, place, 1) : NO_GROUP;
    (this.#places[index] as Int32Array)[row] = place;
    (this.#groupsOf[index] as Int32Array)[row] = group;
  }

  /** Adds visits of which only the class is known. */
  readonly addTotal = (linkId: number, last: number, code: number, visits: number): void => {
    const classPlace = classPlaceOf(code);
    this.#sum(linkId, last, classPlace, visits);
    if (classPlace !== HUMAN) return;
    for (const dimension of RECORDED) this.#count(linkId, last, dimension, UNKNOWN, visits);
  };

  /** Values by group. */
  members(): Member[] {
    return Array.from(this.#members, ([key, visits]) => ({
      group: Math.floor(key / NUMBERS),
      place: key % NUMBERS,
      visits,
    }));
  }

  /** The link, class, milliseconds and values of each visit, and its quarter hour. */
  single(idOf: IdOf): { readonly quarters: Float64Array; readonly columns: Columns } {
    const rows = this.#single;
    const times = this.#times.subarray(0, rows);
    const valuesOf = (index: number) =>
      Float64Array.from({ length: rows }, (_, row) => {
        const group = this.#groupsOf[index]?.[row] ?? NO_GROUP;
        return idOf(this.#places[index]?.[row] ?? UNKNOWN, group === NO_GROUP ? null : group);
      });
    return {
      quarters: times.map(quarterOf),
      columns: {
        link_id: this.#linkIds.slice(0, rows),
        class: this.#classes.slice(0, rows),
        ms: times.map((at) => at - quarterOf(at) * QUARTER_MS),
        ...Object.fromEntries(RECORDED.map((dimension, index) => [dimension, valuesOf(index)])),
      },
    };
  }

  /** Visits by link, quarter hour and class, in the order of links. */
  quarters(): Columns {
    const keys = Float64Array.from(this.#quarters.keys()).sort();
    const quarterClassOf = (key: number) => this.#quarterClasses.at(key % NUMBERS);
    return {
      link_id: keys.map((key) => Math.floor(key / NUMBERS)),
      quarter: keys.map((key) => Math.floor(quarterClassOf(key) / CLASSES)),
      class: keys.map((key) => quarterClassOf(key) % CLASSES),
      visits: keys.map((key) => this.#quarters.get(key)?.visits ?? 0),
    };
  }

  /** Visits by people and the time of the last one by link, in the order of links. */
  totals(): Columns {
    const byLink = new Map<number, { visits: number; last: number }>();
    for (const [key, { visits, last }] of this.#quarters) {
      if (this.#quarterClasses.at(key % NUMBERS) % CLASSES !== HUMAN) continue;
      addTo(byLink, Math.floor(key / NUMBERS), visits, last);
    }
    const totals = [...byLink].sort(([one], [other]) => one - other);
    return {
      link_id: Float64Array.from(totals, ([linkId]) => linkId),
      visits: Float64Array.from(totals, ([, { visits }]) => visits),
      last_visit_at: Float64Array.from(totals, ([, { last }]) => last),
    };
  }

  /** Visits by people by link, dimension, day and value. */
  days(idOf: IdOf): Columns {
    const rows = this.members().map(({ group, place, visits }) => ({
      ...(this.groups[group] as Group),
      valueId: idOf(place, group),
      visits,
    }));
    return {
      link_id: Float64Array.from(rows, ({ linkId }) => linkId),
      dimension: Float64Array.from(rows, ({ dimension }) => dimensions[dimension]),
      day: Float64Array.from(rows, ({ day }) => day),
      value_id: Float64Array.from(rows, ({ valueId }) => valueId),
      visits: Float64Array.from(rows, ({ visits }) => visits),
    };
  }

  #sum(linkId: number, at: number, visitorClass: number, visits: number): void {
    const number = this.#quarterClasses.numberOf(quarterOf(at) * CLASSES + visitorClass);
    addTo(this.#quarters, linkId * NUMBERS + number, visits, at);
  }

  /** Returns the number of the group. */
  #count(linkId: number, at: number, dimension: Dimension, place: number, visits: number): number {
    const day = this.#dayOf(at);
    const number = this.#dayDimensions.numberOf(day * DIMENSIONS + dimensions[dimension]);
    const key = linkId * NUMBERS + number;
    let group = this.#groupNumbers.get(key);
    if (group === undefined) {
      group = this.groups.push({ linkId, dimension, day, size: 0 }) - 1;
      this.#groupNumbers.set(key, group);
    }
    const member = group * NUMBERS + place;
    const before = this.#members.get(member);
    if (before === undefined) (this.groups[group] as Group).size++;
    this.#members.set(member, (before ?? 0) + visits);
    return group;
  }

  #dayOf(at: number): number {
    const quarter = quarterOf(at);
    const known = this.#days.get(quarter);
    if (known !== undefined) return known;
    const day = dayOf(at, this.#zone);
    this.#days.set(quarter, day);
    return day;
  }

  #placeOf(index: number, dimension: Dimension, text: string): number {
    const places = this.#placesByText[index] as Map<string, number>;
    const known = places.get(text);
    if (known !== undefined) return known;
    const place = this.values.push({ dimension, text }) - 1;
    places.set(text, place);
    return place;
  }
}

/** More than there are of each. */
const CLASSES = 16;
const DIMENSIONS = 256;

/** Small numbers for large ones, in the order of their appearance. */
class Numbering {
  readonly #numbers = new Map<number, number>();
  readonly #all: number[] = [];

  numberOf(large: number): number {
    const known = this.#numbers.get(large);
    if (known !== undefined) return known;
    this.#numbers.set(large, this.#all.length);
    return this.#all.push(large) - 1;
  }

  at(number: number): number {
    return this.#all[number] ?? 0;
  }

  clear(): void {
    this.#numbers.clear();
    this.#all.length = 0;
  }
}

function addTo(
  sums: Map<number, { visits: number; last: number }>,
  key: number,
  visits: number,
  last: number,
): void {
  const sum = sums.get(key);
  if (sum === undefined) {
    sums.set(key, { visits, last });
    return;
  }
  sum.visits += visits;
  if (last > sum.last) sum.last = last;
}
