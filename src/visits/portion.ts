import { noDetails, type RecordDetails } from "./journal/visit-record.ts";
import type { Tally } from "./tally.ts";

/** Visits after which no further file is read; and rows for these and all that one file has. */
const MOST_VISITS = 65_536;
const ROWS = 2 * MOST_VISITS;

/** More than there are of two letters. */
const LETTERS = 2 ** 16;

/** Visits per transaction, at least and at most. */
const LEAST_LIMIT = 4096;
const MOST_LIMIT = 8192;

/** How long a transaction should take, in milliseconds: others wait for it. */
const TURN_MS = 100;

/** Below no link. */
export const ALL_LINKS = Number.MAX_SAFE_INTEGER;

/** What is the same of many records. */
interface Kind {
  readonly code: number;
  readonly texts: string;
  readonly country: string;
  /** Whether these are totals, of which only the class is known. */
  readonly isTotal: boolean;
}

/** Some of the visits: all of a few links. */
export interface Slice {
  readonly rows: Uint32Array;
  /** All visits of links with a lower id are in this or an earlier slice. */
  readonly linksBelow: number;
}

/**
 * Visits as they were read from journals. Many are saved in slices by links: a transaction then writes to few pages of
 * the tables, and each page is written once.
 */
export class Portion {
  #size = 0;
  #limit = MOST_LIMIT;
  readonly #kinds: Kind[] = [];
  /** By texts, and code and country. */
  readonly #kindNumbers = new Map<string, Map<number, number>>();
  readonly #linkIds = new Float64Array(ROWS);
  readonly #times = new Float64Array(ROWS);
  /** The hash of the visitor, or the number of visits of a total. */
  readonly #numbers = new Float64Array(ROWS);
  readonly #kindsOfRows = new Uint32Array(ROWS);

  get size(): number {
    return this.#size;
  }

  /** Number of visits that still fit. */
  get remaining(): number {
    return Math.max(0, MOST_VISITS - this.#size);
  }

  get isFull(): boolean {
    return this.remaining === 0;
  }

  clear(): void {
    this.#size = 0;
    this.#kinds.length = 0;
    this.#kindNumbers.clear();
  }

  readonly addVisit = (
    linkId: number,
    at: number,
    code: number,
    texts: string,
    { visitor, country }: RecordDetails = noDetails,
  ): void => {
    this.#add(linkId, at, visitor, this.#kindOf(code, texts, country));
  };

  readonly addTotal = (linkId: number, last: number, code: number, visits: number): void => {
    this.#add(linkId, last, visits, this.#kindOf(code, "", "", true));
  };

  /** Larger slices, or smaller ones, by how long a transaction took. */
  adapt(tookMs: number): void {
    if (tookMs > TURN_MS) this.#limit = Math.max(LEAST_LIMIT, this.#limit / 2);
    else if (tookMs < TURN_MS / 2) this.#limit = Math.min(MOST_LIMIT, this.#limit * 2);
  }

  /** All visits, in at least one slice. Few are one, in the order in which they were read. */
  *slices(): Generator<Slice> {
    if (this.#size <= this.#limit) {
      yield {
        rows: Uint32Array.from({ length: this.#size }, (_, row) => row),
        linksBelow: ALL_LINKS,
      };
      return;
    }
    const inOrder = this.#rowsByLink();
    for (let from = 0; from < inOrder.length; ) {
      let to = Math.min(from + this.#limit, inOrder.length);
      while (to < inOrder.length && this.#linkAt(inOrder, to) === this.#linkAt(inOrder, to - 1))
        to++;
      const linksBelow = to < inOrder.length ? this.#linkAt(inOrder, to) : ALL_LINKS;
      yield { rows: inOrder.subarray(from, to), linksBelow };
      from = to;
    }
  }

  /** Fills an empty tally with a slice. */
  fill(tally: Tally, { rows }: Slice): void {
    for (const row of rows) {
      const [linkId, at, number] = [
        this.#linkIds[row] ?? 0,
        this.#times[row] ?? 0,
        this.#numbers[row] ?? 0,
      ];
      const { code, texts, country, isTotal } = this.#kinds[this.#kindsOfRows[row] ?? 0] as Kind;
      if (isTotal) tally.addTotal(linkId, at, code, number);
      else tally.addVisit(linkId, at, code, texts, { visitor: number, country });
    }
  }

  #add(linkId: number, at: number, number: number, kind: number): void {
    const row = this.#size++;
    this.#linkIds[row] = linkId;
    this.#times[row] = at;
    this.#numbers[row] = number;
    this.#kindsOfRows[row] = kind;
  }

  #kindOf(code: number, texts: string, country: string, isTotal = false): number {
    let withTexts = this.#kindNumbers.get(texts);
    if (withTexts === undefined) {
      withTexts = new Map();
      this.#kindNumbers.set(texts, withTexts);
    }
    const letters = country === "" ? 0 : country.charCodeAt(0) * 256 + country.charCodeAt(1);
    const key = isTotal ? -1 - code : code * LETTERS + letters;
    const known = withTexts.get(key);
    if (known !== undefined) return known;
    const number = this.#kinds.push({ code, texts, country, isTotal }) - 1;
    withTexts.set(key, number);
    return number;
  }

  /** All rows, in the order of their links, and of each as they were read. */
  #rowsByLink(): Uint32Array {
    const keys = this.#linkIds.slice(0, this.#size);
    for (let row = 0; row < keys.length; row++) keys[row] = (keys[row] ?? 0) * ROWS + row;
    return Uint32Array.from(keys.sort(), (key) => key % ROWS);
  }

  #linkAt(rows: Uint32Array, at: number): number {
    return this.#linkIds[rows[at] ?? 0] ?? 0;
  }
}
