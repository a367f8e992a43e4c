import type { Columns } from "../database/database.ts";
import {
  type Dimension,
  type DimensionValue,
  dimensionNames,
  dimensions,
  OTHERS,
} from "./dimension.ts";
import { noDetails, type RecordDetails } from "./journal/visit-record.ts";
import { dayOf, QUARTER_MS, quarterOf } from "./quarter.ts";
import { LinkSums } from "./saving/link-sums.ts";
import { CLASSES, DAYS, PLACES, VALUE_IDS } from "./sum-columns.ts";
import { type Sums, SumTable } from "./sum-table.ts";
import { classPlaceOf, HUMAN } from "./visit.ts";
import { isUnknown, NOT_KNOWN, VisitKinds } from "./visit-kinds.ts";

/** Of so many hashes, it takes longer to find one than to have it twice. */
const MANY = 32;

/** Single visits that fit at first. */
const FIRST_ROWS = 1024;

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

/** Single visits, as columns. */
interface Rows {
  readonly linkIds: Float64Array;
  readonly times: Float64Array;
  /** Hashes of the visitors for the day; 0: not known. */
  readonly visitors: Float64Array;
  /** Indexes of their kinds. */
  readonly kinds: Uint32Array;
}

/** People who opened a link on a day, by their hashes. */
export interface DayVisitors {
  readonly linkId: number;
  readonly day: number;
  /** Those of frequent visitors may be there several times. */
  readonly hashes: readonly number[];
}

/** Visits read from journals: single ones, and summed by link, quarter hour and class, and by link, day and value. */
export class Tally {
  #zone = "UTC";
  #single = 0;
  #rows = rowsFor(FIRST_ROWS);
  readonly #kinds = new VisitKinds();
  readonly #daysByQuarter = new Map<number, number>();
  /** Distinct days, by their index in the keys of `#people` and `#members`. */
  readonly #days: number[] = [];
  /** By link, and quarter hour and class. */
  readonly #quarters = new SumTable();
  /** People by link, and day and kind. */
  readonly #people = new SumTable();
  /** The same by link, and day and place; empty until it is asked for. */
  readonly #members = new SumTable();

  constructor() {
    this.clear("UTC");
  }

  /** Distinct values. */
  get values(): readonly DimensionValue[] {
    return this.#kinds.values;
  }

  get isEmpty(): boolean {
    return this.#quarters.size === 0;
  }

  /**
   * Empties the tally, which is reused, and can then take so many visits. Days are those of `zone`, an IANA name.
   */
  clear(zone: string, most = FIRST_ROWS): void {
    this.#zone = zone;
    this.#single = 0;
    const { length } = this.#rows.linkIds;
    if (length < most || length > 8 * Math.max(most, FIRST_ROWS))
      this.#rows = rowsFor(Math.max(most, FIRST_ROWS));
    this.#days.length = 0;
    for (const known of [
      this.#kinds,
      this.#daysByQuarter,
      this.#quarters,
      this.#people,
      this.#members,
    ])
      known.clear();
  }

  readonly addVisit = (
    linkId: number,
    at: number,
    code: number,
    texts: string,
    details: RecordDetails = noDetails,
  ): void => {
    const kind = this.#kinds.numberOf(code, texts, details.country);
    const { classPlace } = this.#kinds.at(kind);
    const row = this.#single++;
    const { linkIds, times, visitors, kinds } = this.#rows;
    linkIds[row] = linkId;
    times[row] = at;
    visitors[row] = details.visitor;
    kinds[row] = kind;
    this.#sum(linkId, at, classPlace, 1);
    if (classPlace === HUMAN) this.#count(linkId, at, kind, 1);
  };

  /** Adds visits of which only the class is known. */
  readonly addTotal = (linkId: number, last: number, code: number, visits: number): void => {
    const classPlace = classPlaceOf(code);
    this.#sum(linkId, last, classPlace, visits);
    if (classPlace !== HUMAN) return;
    this.#count(linkId, last, this.#kinds.unknown(), visits);
  };

  /** Indexes of the values that people have, and not only machines. */
  placesOfPeople(): Set<number> {
    return this.#kinds.placesOfPeople();
  }

  /** People's known values of some dimensions by link and day, in the order of their appearance. */
  membersOf(some: ReadonlySet<Dimension>): Member[] {
    const { firsts, seconds } = this.#countMembers().entries();
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
    const { linkIds, times, kinds } = this.#rows;
    const quarters = times.subarray(0, rows).map(quarterOf);
    const classes = new Float64Array(rows);
    for (let row = 0; row < rows; row++) classes[row] = this.#kinds.at(kinds[row] ?? 0).classPlace;
    return {
      quarters,
      columns: {
        link_id: linkIds.slice(0, rows),
        class: classes,
        ms: quarters.map((quarter, row) => (times[row] ?? 0) - quarter * QUARTER_MS),
        ...Object.fromEntries(
          dimensionNames.flatMap((dimension, index) => {
            const isEmpty = !this.#kinds.know(index);
            return isEmpty ? [] : [[dimension, this.#idsOf(settled, index)]];
          }),
        ),
      },
    };
  }

  /** The ids of the values of a dimension of single visits; NaN: not known. */
  #idsOf({ ids, others }: Settled, index: number): Float64Array {
    const rows = this.#single;
    const { linkIds, times, kinds } = this.#rows;
    const ofKinds = new Float64Array(this.#kinds.size);
    for (let kind = 0; kind < ofKinds.length; kind++) {
      const place = this.#kinds.placeIn(kind, index);
      ofKinds[kind] = place === NOT_KNOWN ? Number.NaN : (ids[place] ?? OTHERS);
    }
    const column = new Float64Array(rows);
    for (let row = 0; row < rows; row++) column[row] = ofKinds[kinds[row] ?? 0] ?? Number.NaN;
    if (others.size === 0) return column;
    for (let row = 0; row < rows; row++) {
      const kind = kinds[row] ?? 0;
      const place = this.#kinds.placeIn(kind, index);
      if (place === NOT_KNOWN || this.#kinds.at(kind).classPlace !== HUMAN) continue;
      const day = this.#days[this.#dayNumberOf(times[row] ?? 0)] ?? 0;
      if (others.has(keyOfMember({ linkId: linkIds[row] ?? 0, day, place }))) column[row] = OTHERS;
    }
    return column;
  }

  /** The people of each link and day whose hash is known. */
  visitors(): Iterable<DayVisitors> {
    const found = new Map<number, DayVisitors & { readonly hashes: number[] }>();
    const { linkIds, times, kinds, visitors } = this.#rows;
    for (let row = 0; row < this.#single; row++) {
      const hash = visitors[row] ?? 0;
      if (hash === 0 || this.#kinds.at(kinds[row] ?? 0).classPlace !== HUMAN) continue;
      const linkId = linkIds[row] ?? 0;
      const day = this.#days[this.#dayNumberOf(times[row] ?? 0)] ?? 0;
      const key = linkId * DAYS + day;
      const known = found.get(key);
      if (known === undefined) found.set(key, { linkId, day, hashes: [hash] });
      else if (known.hashes.length >= MANY || !known.hashes.includes(hash)) known.hashes.push(hash);
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
    const groups = this.values.map(({ dimension }) => dimensions[dimension] * DAYS * VALUE_IDS);
    const { firsts, seconds, counts } = this.#people.inOrder();
    const days = new LinkSums(seconds.length * dimensionNames.length);
    for (let at = 0; at < seconds.length; at++) {
      const [linkId, second, count] = [firsts[at] ?? 0, seconds[at] ?? 0, counts[at] ?? 0];
      const day = this.#dayAt(second);
      for (const place of this.#kinds.at(second % PLACES).places) {
        if (place === NOT_KNOWN) continue;
        const isOther = others.size > 0 && others.has(keyOfMember({ linkId, day, place }));
        const id = isOther ? OTHERS : (ids[place] ?? OTHERS);
        days.add(linkId, (groups[place] ?? 0) + day * VALUE_IDS + id, count);
      }
    }
    return days.sums();
  }

  #sum(linkId: number, at: number, classPlace: number, visits: number): void {
    this.#quarters.add(linkId, quarterOf(at) * CLASSES + classPlace, visits, at);
  }

  #count(linkId: number, at: number, kind: number, visits: number): void {
    this.#people.add(linkId, this.#dayNumberOf(at) * PLACES + kind, visits, 0);
  }

  /** The values of the people, once all are added. */
  #countMembers(): SumTable {
    const members = this.#members;
    if (members.size > 0) return members;
    const { firsts, seconds, counts } = this.#people.entries();
    for (let at = 0; at < seconds.length; at++) {
      const [linkId, second, count] = [firsts[at] ?? 0, seconds[at] ?? 0, counts[at] ?? 0];
      const kind = second % PLACES;
      for (const place of this.#kinds.at(kind).places)
        if (place !== NOT_KNOWN) members.add(linkId, second - kind + place, count, 0);
    }
    return members;
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
}

function rowsFor(limit: number): Rows {
  return {
    linkIds: new Float64Array(limit),
    times: new Float64Array(limit),
    visitors: new Float64Array(limit),
    kinds: new Uint32Array(limit),
  };
}
