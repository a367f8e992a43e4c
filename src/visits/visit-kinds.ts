import {
  type Dimension,
  type DimensionValue,
  dimensionNames,
  dimensions,
  isNotKnown,
} from "./dimension.ts";
import { classPlaceOf, deviceOf, HUMAN, isPrivate, visitorOf } from "./visit.ts";

/** The first indexes in `values` are of values that are not known, one of each dimension; their text is not kept. */
export function isUnknown(place: number): boolean {
  return place < dimensionNames.length;
}

/** Dimensions that every visit counts in, as `OTHERS` where only its class is known. */
const ALWAYS = [dimensions.referrer, dimensions.browser, dimensions.system, dimensions.device].map(
  (number) => number - 1,
);

/** Place of what is not known, and has no row. */
export const NOT_KNOWN = -1;

/** Places of the values of a visit, in the order of the dimensions. */
type Places = Int32Array;

/** What visits have in common that differ in nothing but link, time and visitor: there are far fewer of these. */
interface Kind {
  readonly classPlace: number;
  readonly places: Places;
}

const COUNTRY = dimensions.country - 1;

/** More than there are of two letters. */
const LETTERS = 2 ** 16;

/** The texts of a record, by the indexes of their dimensions. */
const TEXTS = [
  dimensions.referrer,
  dimensions.language,
  dimensions.utm_source,
  dimensions.utm_medium,
  dimensions.utm_campaign,
].map((number) => number - 1);

/**
 * The kinds of visits in a tally, by numbers from 0, and the values that they have. Visits are counted by kind, and only
 * then by each of their values.
 */
export class VisitKinds {
  /** Distinct values. */
  readonly values: DimensionValue[] = [];
  readonly #kinds: Kind[] = [];
  /** Numbers of kinds by the texts of records, and code and country. */
  readonly #byTexts = new Map<string, Map<number, number>>();
  /** The kind of people where nothing more is known. */
  #unknown: number | null = null;
  /** Places of browser, system and device, by codes. */
  readonly #placesOfCodes = new Map<number, Places>();
  readonly #placesByText = dimensionNames.map(() => new Map<string, number>());

  get size(): number {
    return this.#kinds.length;
  }

  clear(): void {
    this.values.length = 0;
    for (const dimension of dimensionNames) this.values.push({ dimension, text: "" });
    this.#kinds.length = 0;
    this.#unknown = null;
    for (const known of [this.#byTexts, this.#placesOfCodes, ...this.#placesByText]) known.clear();
  }

  at(kind: number): Kind {
    return this.#kinds[kind] as Kind;
  }

  /** The place of a kind's value of the dimension with an index. */
  placeIn(kind: number, index: number): number {
    return this.at(kind).places[index] ?? NOT_KNOWN;
  }

  /** Whether any kind has a value of the dimension with an index. */
  know(index: number): boolean {
    return this.#kinds.some(({ places }) => places[index] !== NOT_KNOWN);
  }

  /** Indexes of the values that people have, and not only machines. */
  placesOfPeople(): Set<number> {
    const found = new Set<number>();
    for (const { classPlace, places } of this.#kinds)
      if (classPlace === HUMAN) for (const place of places) found.add(place);
    return found;
  }

  /** The kind of people where nothing more is known. */
  unknown(): number {
    this.#unknown ??= this.#add({ classPlace: HUMAN, places: placesOf(ALWAYS) });
    return this.#unknown;
  }

  /** The kind of a record. */
  numberOf(code: number, texts: string, country: string): number {
    let withTexts = this.#byTexts.get(texts);
    if (withTexts === undefined) {
      withTexts = new Map();
      this.#byTexts.set(texts, withTexts);
    }
    const letters = country === "" ? 0 : country.charCodeAt(0) * 256 + country.charCodeAt(1);
    const key = code * LETTERS + letters;
    const known = withTexts.get(key);
    if (known !== undefined) return known;
    const kind = this.#add(this.#read(code, texts, country));
    withTexts.set(key, kind);
    return kind;
  }

  #add(kind: Kind): number {
    return this.#kinds.push(kind) - 1;
  }

  #read(code: number, texts: string, country: string): Kind {
    const classPlace = classPlaceOf(code);
    if (isPrivate(code)) return { classPlace, places: placesOf(ALWAYS) };
    const places = (this.#placesOfCodes.get(code) ?? this.#readCode(code)).slice();
    for (const [at, text] of texts.split("\0").entries()) {
      const index = TEXTS[at];
      const dimension = dimensionNames[index ?? NOT_KNOWN];
      if (index === undefined || dimension === undefined || isNotKnown({ dimension, text }))
        continue;
      places[index] = this.#placeOf(index, text);
    }
    if (country !== "") places[COUNTRY] = this.#placeOf(COUNTRY, country);
    return { classPlace, places };
  }

  #readCode(code: number): Places {
    const places = placesOf([]);
    const { browser, system } = visitorOf(code, "");
    const texts = { browser, system, device: deviceOf(code) };
    for (const [dimension, text] of Object.entries(texts)) {
      const index = dimensions[dimension as keyof typeof texts] - 1;
      places[index] = this.#placeOf(index, text);
    }
    this.#placesOfCodes.set(code, places);
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

/** @param unknown dimensions that are counted as not known */
function placesOf(unknown: readonly number[]): Places {
  const places = new Int32Array(dimensionNames.length).fill(NOT_KNOWN);
  for (const index of unknown) places[index] = index;
  return places;
}
