import type { Columns } from "../database/database.ts";
import {
  type Dimension,
  type DimensionValue,
  dimensionNames,
  dimensions,
  isNotKnown,
  OTHERS,
} from "./dimension.ts";
import { noDetails, type RecordDetails } from "./journal/visit-record.ts";
import { dayOf, QUARTER_MS, quarterOf } from "./quarter.ts";
import { CLASSES, DAYS, PLACES, VALUE_IDS } from "./sum-columns.ts";
import { type Sums, SumTable } from "./sum-table.ts";
import { classPlaceOf, deviceOf, HUMAN, isPrivate, visitorOf } from "./visit.ts";

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

/** The first indexes in `values` are of values that are not known, one of each dimension; their text is not kept. */
export function isUnknown(place: number): boolean {
  return place < dimensionNames.length;
}

/** Dimensions that every visit counts in, as `OTHERS` where only its class is known. */
const ALWAYS = [dimensions.referrer, dimensions.browser, dimensions.system, dimensions.device].map(
  (number) => number - 1,
);

/** Place of what is not known, and has no row. */
const NOT_KNOWN = -1;

/** Places of the values of a visit, in the order of the dimensions. */
type Places = Int32Array;

/** Single visits, as columns. */
interface Rows {
  readonly linkIds: Float64Array;
  readonly times: Float64Array;
  readonly classes: Uint8Array;
  /** Hashes of the visitors for the day; 0: not known. */
  readonly visitors: Float64Array;
  readonly places: readonly Places[];
}

/** People who opened a link on a day, by their hashes: some may be there several times. */
export interface DayVisitors {
  readonly linkId: number;
  readonly day: number;
  readonly hashes: number[];
}

/** What all visits with a visitor's code have in common. */
interface Coded {
  readonly classPlace: number;
  /** Only those of browser, system and device. */
  readonly places: Places;
}

/** Visits read from journals: single ones, and summed by link, quarter hour and class, and by link, day and value. */
export class Tally {
  /** Distinct values. */
  readonly values: DimensionValue[] = [];
  #zone = "UTC";
  #single = 0;
  #limit = FIRST_LIMIT;
  #rows = rowsFor(FIRST_LIMIT);
  readonly #placesByText = dimensionNames.map(() => new Map<string, number>());
  readonly #coded = new Map<number, Coded>();
  /** Places of what the texts of a record say. */
  readonly #placesOfTexts = new Map<string, Places>();
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
    for (const dimension of dimensionNames) this.values.push({ dimension, text: "" });
    this.#days.length = 0;
    for (const known of [
      this.#coded,
      this.#placesOfTexts,
      this.#daysByQuarter,
      this.#quarters,
      this.#members,
    ])
      known.clear();
    for (const known of this.#placesByText) known.clear();
  }

  readonly addVisit = (
    linkId: number,
    at: number,
    code: number,
    texts: string,
    details: RecordDetails = noDetails,
  ): void => {
    const coded = this.#coded.get(code) ?? this.#readCode(code);
    const { classPlace } = coded;
    const row = this.#single++;
    const { linkIds, times, classes, visitors, places } = this.#rows;
    linkIds[row] = linkId;
    times[row] = at;
    classes[row] = classPlace;
    visitors[row] = details.visitor;
    this.#sum(linkId, at, classPlace, 1);
    const day = classPlace === HUMAN ? this.#dayNumberOf(at) : NOT_KNOWN;
    const known = isPrivate(code)
      ? coded.places
      : (this.#placesOfTexts.get(texts) ?? this.#readTexts(texts));
    for (let index = 0; index < places.length; index++) {
      const place = this.#placeOfVisit(index, coded, known, details);
      (places[index] as Places)[row] = place;
      if (day !== NOT_KNOWN && place !== NOT_KNOWN) this.#count(linkId, day, place, 1);
    }
  };

  #placeOfVisit(
    index: number,
    { places }: Coded,
    texts: Places,
    { country }: RecordDetails,
  ): number {
    if (index === COUNTRY) return country === "" ? NOT_KNOWN : this.#placeOf(COUNTRY, country);
    const coded = places[index] ?? NOT_KNOWN;
    return coded === NOT_KNOWN ? (texts[index] ?? NOT_KNOWN) : coded;
  }

  /** Adds visits of which only the class is known. */
  readonly addTotal = (linkId: number, last: number, code: number, visits: number): void => {
    const classPlace = classPlaceOf(code);
    this.#sum(linkId, last, classPlace, visits);
    if (classPlace !== HUMAN) return;
    const day = this.#dayNumberOf(last);
    for (const unknown of ALWAYS) this.#count(linkId, day, unknown, visits);
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
    const valuesOf = (column: Places) =>
      Float64Array.from(column.subarray(0, rows), (place, row) => this.#idOf(settled, place, row));
    return {
      quarters,
      columns: {
        link_id: linkIds.slice(0, rows),
        class: Float64Array.from(classes.subarray(0, rows)),
        ms: quarters.map((quarter, row) => (times[row] ?? 0) - quarter * QUARTER_MS),
        ...Object.fromEntries(
          dimensionNames.flatMap((dimension, at) => {
            const column = places[at] as Places;
            const isEmpty = column.subarray(0, rows).every((place) => place === NOT_KNOWN);
            return isEmpty ? [] : [[dimension, valuesOf(column)]];
          }),
        ),
      },
    };
  }

  /** The id of a value of a single visit; NaN: not known. */
  #idOf({ ids, others }: Settled, place: number, row: number): number {
    if (place === NOT_KNOWN) return Number.NaN;
    const id = ids[place] ?? OTHERS;
    const { linkIds, times, classes } = this.#rows;
    if (others.size === 0 || classes[row] !== HUMAN) return id;
    const day = this.#days[this.#dayNumberOf(times[row] ?? 0)] ?? 0;
    return others.has(keyOfMember({ linkId: linkIds[row] ?? 0, day, place })) ? OTHERS : id;
  }

  /** The people of each link and day whose hash is known. */
  visitors(): Iterable<DayVisitors> {
    const found = new Map<number, DayVisitors>();
    const { linkIds, times, classes, visitors } = this.#rows;
    for (let row = 0; row < this.#single; row++) {
      const hash = visitors[row] ?? 0;
      if (hash === 0 || classes[row] !== HUMAN) continue;
      const linkId = linkIds[row] ?? 0;
      const day = this.#days[this.#dayNumberOf(times[row] ?? 0)] ?? 0;
      const key = linkId * DAYS + day;
      const known = found.get(key);
      if (known === undefined) found.set(key, { linkId, day, hashes: [hash] });
      else known.hashes.push(hash);
    }
    return found.values();
  }

  /** The links that were visited, each once, in order. */
  linkIds(): Float64Array {
    return Float64Array.from(new Set(this.#quarters.entries().firsts)).sort();
  }

  /** Visits by link, and quarter hour and class, in this order; see sum-columns.ts. */
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

  /** Visits by people by link, and dimension, day and value, in this order; see sum-columns.ts. */
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
    const places = newPlaces();
    if (isPrivate(code)) for (const unknown of ALWAYS) places[unknown] = unknown;
    else {
      const { browser, system } = visitorOf(code, "");
      const texts = { browser, system, device: deviceOf(code) };
      for (const [dimension, text] of Object.entries(texts)) {
        const index = dimensions[dimension as keyof typeof texts] - 1;
        places[index] = this.#placeOf(index, text);
      }
    }
    const coded = { classPlace: classPlaceOf(code), places };
    this.#coded.set(code, coded);
    return coded;
  }

  #readTexts(texts: string): Places {
    const places = newPlaces();
    for (const [at, text] of texts.split("\0").entries()) {
      const index = TEXTS[at];
      const dimension = dimensionNames[index ?? NOT_KNOWN];
      if (index === undefined || dimension === undefined || isNotKnown({ dimension, text }))
        continue;
      places[index] = this.#placeOf(index, text);
    }
    this.#placesOfTexts.set(texts, places);
    return places;
  }

  #placeOf(index: number, text: string): number {
    const places = this.#placesByText[index] as Map<string, number>;
    const known = places.get(text);
    if (known !== undefined) return known;
    const place = this.values.push({ dimension: dimensionNames[index] as Dimension, text }) - 1;
    places.set(text, place);
    return place;
  }
}

const COUNTRY = dimensions.country - 1;

/** The texts of a record, by the indexes of their dimensions. */
const TEXTS = [
  dimensions.referrer,
  dimensions.language,
  dimensions.utm_source,
  dimensions.utm_medium,
  dimensions.utm_campaign,
].map((number) => number - 1);

function newPlaces(): Places {
  return new Int32Array(dimensionNames.length).fill(NOT_KNOWN);
}

function rowsFor(limit: number): Rows {
  return {
    linkIds: new Float64Array(limit),
    times: new Float64Array(limit),
    classes: new Uint8Array(limit),
    visitors: new Float64Array(limit),
    places: dimensionNames.map(() => new Int32Array(limit)),
  };
}
