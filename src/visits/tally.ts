import type { Columns } from "../database/database.ts";
import { type Dimension, type DimensionValue, dimensions, OTHERS } from "./dimension.ts";
import { dayOf, QUARTER_MS, quarterOf } from "./quarter.ts";
import { type Sums, SumTable } from "./sum-table.ts";
import { classPlaceOf, HUMAN, visitorOf } from "./visit.ts";

/** Single visits per transaction: at first, and at least and at most. */
const FIRST_LIMIT = 2000;
const LEAST_LIMIT = 2000;
const MOST_LIMIT = 65_536;

/** How long a transaction should take, in milliseconds: others wait for it. */
const TURN_MS = 100;

/** A value of people who opened a link on a day. */
export interface Member {
  readonly linkId: number;
  readonly day: number;
  /** Index in `values`. */
  readonly place: number;
}

export function keyOfMember({ linkId, day, place }: Member): string {
  return `${linkId} ${day} ${place}`;
}

/** What becomes of the values. */
export interface Settled {
  /** The id of each value by its index. */
  readonly ids: Float64Array;
  /** Keys of the members that are not kept apart. */
  readonly others: ReadonlySet<string>;
}

/** What records contain of each visit. */
export const RECORDED = ["referrer", "browser", "system"] as const satisfies readonly Dimension[];

/** The first indexes in `values` are of values that are not known, one of each dimension; their text is not kept. */
export function isUnknown(place: number): boolean {
  return place < RECORDED.length;
}

/** Single visits, as columns. */
interface Rows {
  readonly linkIds: Float64Array;
  readonly times: Float64Array;
  readonly classes: Uint8Array;
  readonly places: readonly Int32Array[];
}

/** What all visits with a visitor's code have in common. */
interface Coded {
  readonly classPlace: number;
  readonly browser: number;
  readonly system: number;
}

/** Visits read from journals: single ones, and summed by link, quarter hour and class, and by link, day and value. */
export class Tally {
  /** Distinct values. */
  readonly values: DimensionValue[] = [];
  #zone = "UTC";
  #single = 0;
  #limit = FIRST_LIMIT;
  #rows = rowsFor(FIRST_LIMIT);
  readonly #placesByText = RECORDED.map(() => new Map<string, number>());
  readonly #coded = new Map<number, Coded>();
  readonly #daysByQuarter = new Map<number, number>();
  /** Distinct days, by their index in the keys of `#members`. */
  readonly #days: number[] = [];
  /** By link, and quarter hour and class. */
  readonly #quarters = new SumTable();
  /** By link, and day and place. */
  readonly #members = new SumTable();

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
    if (this.#rows.linkIds.length !== this.#limit) this.#rows = rowsFor(this.#limit);
    this.values.length = 0;
    for (const dimension of RECORDED) this.values.push({ dimension, text: "" });
    this.#days.length = 0;
    for (const known of [this.#coded, this.#daysByQuarter, this.#quarters, this.#members])
      known.clear();
    for (const known of this.#placesByText) known.clear();
  }

  readonly addVisit = (linkId: number, at: number, code: number, host: string): void => {
    const { classPlace, browser, system } = this.#coded.get(code) ?? this.#readCode(code);
    const referrer = this.#placeOf(0, host);
    const row = this.#single++;
    const { linkIds, times, classes, places } = this.#rows;
    linkIds[row] = linkId;
    times[row] = at;
    classes[row] = classPlace;
    (places[0] as Int32Array)[row] = referrer;
    (places[1] as Int32Array)[row] = browser;
    (places[2] as Int32Array)[row] = system;
    this.#sum(linkId, at, classPlace, 1);
    if (classPlace !== HUMAN) return;
    const day = this.#dayNumberOf(at);
    this.#count(linkId, day, referrer, 1);
    this.#count(linkId, day, browser, 1);
    this.#count(linkId, day, system, 1);
  };

  /** Adds visits of which only the class is known. */
  readonly addTotal = (linkId: number, last: number, code: number, visits: number): void => {
    const classPlace = classPlaceOf(code);
    this.#sum(linkId, last, classPlace, visits);
    if (classPlace !== HUMAN) return;
    const day = this.#dayNumberOf(last);
    for (const unknown of RECORDED.keys()) this.#count(linkId, day, unknown, visits);
  };

  /** Indexes of the values that people have, and not only machines. */
  placesOfPeople(): Set<number> {
    return new Set(this.#members.entries().seconds.map((second) => second % PLACES));
  }

  /** People's known values of some dimensions by link and day, in the order of their appearance. */
  membersOf(some: ReadonlySet<Dimension>): Member[] {
    const { firsts, seconds } = this.#members.entries();
    const members: Member[] = [];
    for (const [at, second] of seconds.entries()) {
      const place = second % PLACES;
      const value = this.values[place];
      if (isUnknown(place) || value === undefined || !some.has(value.dimension)) continue;
      members.push({ linkId: firsts[at] ?? 0, day: this.#dayAt(second), place });
    }
    return members;
  }

  /** The link, class, milliseconds and values of each visit, and its quarter hour. */
  single(settled: Settled): { readonly quarters: Float64Array; readonly columns: Columns } {
    const rows = this.#single;
    const { linkIds, times, classes, places } = this.#rows;
    const quarters = times.subarray(0, rows).map(quarterOf);
    const valuesOf = (column: Int32Array) =>
      Float64Array.from(column.subarray(0, rows), (place, row) => this.#idOf(settled, place, row));
    return {
      quarters,
      columns: {
        link_id: linkIds.slice(0, rows),
        class: Float64Array.from(classes.subarray(0, rows)),
        ms: quarters.map((quarter, row) => (times[row] ?? 0) - quarter * QUARTER_MS),
        ...Object.fromEntries(
          RECORDED.map((dimension, at) => [dimension, valuesOf(places[at] as Int32Array)]),
        ),
      },
    };
  }

  /** The id of a value of a single visit. */
  #idOf({ ids, others }: Settled, place: number, row: number): number {
    const id = ids[place] ?? OTHERS;
    const { linkIds, times, classes } = this.#rows;
    if (others.size === 0 || classes[row] !== HUMAN) return id;
    const day = this.#days[this.#dayNumberOf(times[row] ?? 0)] ?? 0;
    return others.has(keyOfMember({ linkId: linkIds[row] ?? 0, day, place })) ? OTHERS : id;
  }

  /** The links that were visited, each once, in order. */
  linkIds(): Float64Array {
    return Float64Array.from(new Set(this.#quarters.entries().firsts)).sort();
  }

  /** Visits by link, and quarter hour and class, in this order; see `quarterColumns`. */
  quarters(): Sums {
    return this.#quarters.inOrder();
  }

  /** Visits by people and the time of the last one by link, in the order of links. */
  totals(): Sums {
    const people = new SumTable();
    const { firsts, seconds, counts, lasts } = this.#quarters.entries();
    for (let at = 0; at < seconds.length; at++) {
      if ((seconds[at] ?? 0) % CLASSES === HUMAN)
        people.add(firsts[at] ?? 0, 0, counts[at] ?? 0, lasts[at] ?? 0);
    }
    return people.inOrder();
  }

  /** Visits by people by link, and dimension, day and value, in this order; see `dayColumns`. */
  days({ ids, others }: Settled): Sums {
    const days = new SumTable();
    const { firsts, seconds, counts } = this.#members.entries();
    for (let at = 0; at < seconds.length; at++) {
      const [linkId, second] = [firsts[at] ?? 0, seconds[at] ?? 0];
      const [day, place] = [this.#dayAt(second), second % PLACES];
      const isOther = others.size > 0 && others.has(keyOfMember({ linkId, day, place }));
      const group = dimensions[(this.values[place] as DimensionValue).dimension] * DAYS + day;
      const id = isOther ? OTHERS : (ids[place] ?? OTHERS);
      days.add(linkId, group * VALUE_IDS + id, counts[at] ?? 0, 0);
    }
    return days.inOrder();
  }

  #sum(linkId: number, at: number, classPlace: number, visits: number): void {
    this.#quarters.add(linkId, quarterOf(at) * CLASSES + classPlace, visits, at);
  }

  #count(linkId: number, day: number, place: number, visits: number): void {
    this.#members.add(linkId, day * PLACES + place, visits, 0);
  }

  /** The index in `#days` of the day of a time. */
  #dayNumberOf(at: number): number {
    const quarter = quarterOf(at);
    const known = this.#daysByQuarter.get(quarter);
    if (known !== undefined) return known;
    const day = dayOf(at, this.#zone);
    const found = this.#days.indexOf(day);
    const number = found >= 0 ? found : this.#days.push(day) - 1;
    this.#daysByQuarter.set(quarter, number);
    return number;
  }

  #dayAt(second: number): number {
    return this.#days[Math.floor(second / PLACES)] ?? 0;
  }

  #readCode(code: number): Coded {
    const { browser, system } = visitorOf(code, "");
    const coded = {
      classPlace: classPlaceOf(code),
      browser: this.#placeOf(1, browser),
      system: this.#placeOf(2, system),
    };
    this.#coded.set(code, coded);
    return coded;
  }

  #placeOf(index: number, text: string): number {
    const places = this.#placesByText[index] as Map<string, number>;
    const known = places.get(text);
    if (known !== undefined) return known;
    const place = this.values.push({ dimension: RECORDED[index] as Dimension, text }) - 1;
    places.set(text, place);
    return place;
  }
}

/** Rows of `link_quarter`, or of the same by owners. */
export function quarterColumns(
  of: "link_id" | "owner_id",
  { firsts, seconds, counts }: Sums,
): Columns {
  return {
    [of]: firsts,
    quarter: seconds.map((second) => Math.floor(second / CLASSES)),
    class: seconds.map((second) => second % CLASSES),
    visits: counts,
  };
}

/** Rows of `link_day`, or of the same by owners. */
export function dayColumns(of: "link_id" | "owner_id", { firsts, seconds, counts }: Sums): Columns {
  const groups = seconds.map((second) => Math.floor(second / VALUE_IDS));
  return {
    [of]: firsts,
    dimension: groups.map((group) => Math.floor(group / DAYS)),
    day: groups.map((group) => group % DAYS),
    value_id: seconds.map((second) => second % VALUE_IDS),
    visits: counts,
  };
}

/** More than there are of each. */
const CLASSES = 16;
const DAYS = 2 ** 17;
const PLACES = 2 ** 20;
const VALUE_IDS = 2 ** 31;

function rowsFor(limit: number): Rows {
  return {
    linkIds: new Float64Array(limit),
    times: new Float64Array(limit),
    classes: new Uint8Array(limit),
    places: RECORDED.map(() => new Int32Array(limit)),
  };
}
