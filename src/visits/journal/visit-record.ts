import { HEAD_BYTES, SEGMENT_BYTES, type Segment } from "./segment.ts";

/**
 * A visit in a segment, in units of 8 bytes: its sequence number (4 bytes, from 1 in each segment), its length in units
 * (1 byte) and its visitor's code (3 bytes); the link; the time; the texts, padded with zeros. The sequence number is
 * written last: reading ends at a record that has not the next one.
 *
 * The highest bit of the length says that one more unit comes before the texts: the visitor's hash of the day (6 bytes;
 * 1: none) and the country (2 bytes). It is filled in after the request was answered, its first 4 bytes last: until these
 * are other than 0, a reader waits, as long as the process runs.
 *
 * The texts are the host of the referrer, and after a zero byte each, if they are known: the language, and source, medium
 * and name of the campaign.
 */
const FIXED_UNITS = 3;
const DETAIL_UNITS = 1;
const HAS_DETAILS = 0x80;

const UNIT = 8;
const FIRST = HEAD_BYTES / UNIT;
const UNITS = SEGMENT_BYTES / UNIT;

/** As many as the byte of the length can say. */
const MOST_UNITS = HAS_DETAILS - 1;

const NOT_FITTING = -1;

/** Position between two records. */
export interface Cursor {
  readonly unit: number;
  /** Number of records before it. */
  readonly count: number;
}

export const beginning: Cursor = { unit: FIRST, count: 0 };

/** What is found out about a visit after its request was answered. */
export interface RecordDetails {
  /** 48 bits of the visitor's hash of the day; 0: none. */
  readonly visitor: number;
  /** Two letters, or "". */
  readonly country: string;
}

export const noDetails: RecordDetails = { visitor: 0, country: "" };

/** The texts of a visit as they are written: language and campaign are empty, or one text with zeros in between. */
export interface RecordTexts {
  readonly host: Uint8Array;
  readonly language: Uint8Array;
  readonly campaign: Uint8Array;
}

/** A record whose details are to be filled in. */
export interface OpenRecord {
  readonly segment: Segment;
  /** Its first unit. */
  readonly unit: number;
}

/** Writes records into one segment. */
export class RecordWriter {
  readonly segment: Segment;
  #unit = FIRST;
  #count = 0;

  constructor(segment: Segment) {
    this.segment = segment;
  }

  /** Returns the first unit of the record; -1: the segment is full. */
  append(
    linkId: number,
    at: number,
    code: number,
    { host, language, campaign }: RecordTexts,
    hasDetails: boolean,
  ): number {
    const { words, doubles, bytes } = this.segment;
    const unit = this.#unit;
    const fixed = hasDetails ? FIXED_UNITS + DETAIL_UNITS : FIXED_UNITS;
    const afterHost = host.length + 1;
    const afterLanguage = afterHost + language.length + 1;
    const size =
      campaign.length > 0
        ? afterLanguage + campaign.length
        : language.length > 0
          ? afterHost + language.length
          : host.length;
    const length = Math.min(MOST_UNITS, fixed + ((size + UNIT - 1) >> 3));
    if (unit + length > UNITS) return NOT_FITTING;
    words[unit * 2 + 1] = length | (hasDetails ? HAS_DETAILS : 0) | (code << 8);
    doubles[unit + 1] = linkId;
    doubles[unit + 2] = at;
    const start = (unit + fixed) * UNIT;
    if (host.length > 0) bytes.set(host, start);
    if (language.length > 0) bytes.set(language, start + afterHost);
    if (campaign.length > 0) bytes.set(campaign, start + afterLanguage);
    Atomics.store(words, unit * 2, ++this.#count);
    this.#unit = unit + length;
    return unit;
  }
}

/** Fills in the details of a record, or that there are none. */
export function fillIn(
  { segment: { words }, unit }: OpenRecord,
  { visitor, country }: RecordDetails = noDetails,
): void {
  const word = (unit + FIXED_UNITS) * 2;
  const letters = country.length === 2 ? country.charCodeAt(0) | (country.charCodeAt(1) << 8) : 0;
  words[word + 1] = Math.floor(visitor / TWO_32) | (letters << 16);
  Atomics.store(words, word, visitor === 0 ? NO_VISITOR : visitor % TWO_32 || NO_ZERO);
}

/** Lower halves of hashes: of none, and in the place of 0, which says that it is not filled in. */
const NO_VISITOR = 1;
const NO_ZERO = 2;

const TWO_32 = 2 ** 32;

/** Called with each record; what is known of its texts has zeros in between. */
export type TakeRecord = (
  linkId: number,
  at: number,
  code: number,
  texts: string,
  details: RecordDetails,
) => void;

interface ReadTerms {
  readonly limit: number;
  /** Whether details that are not filled in yet are waited for: their process runs. */
  readonly waits: boolean;
}

/** Reads records from `from` on; returns the position after the last. */
export function readRecords(
  { words, doubles, bytes }: Segment,
  from: Cursor,
  { limit, waits }: ReadTerms,
  take: TakeRecord,
): Cursor {
  let { unit, count } = from;
  const last = count + limit;
  while (count < last && unit + FIXED_UNITS <= UNITS) {
    if (Atomics.load(words, unit * 2) !== count + 1) break;
    const facts = words[unit * 2 + 1] ?? 0;
    const hasDetails = (facts & HAS_DETAILS) !== 0;
    const length = facts & MOST_UNITS;
    const fixed = hasDetails ? FIXED_UNITS + DETAIL_UNITS : FIXED_UNITS;
    if (length < fixed || unit + length > UNITS) break;
    const detailsAt = (unit + FIXED_UNITS) * 2;
    const isFilled = hasDetails && Atomics.load(words, detailsAt) !== 0;
    if (hasDetails && !isFilled && waits) break;
    const texts = length === fixed ? "" : textAt(bytes, unit + fixed, unit + length);
    const details = isFilled ? detailsIn(words, detailsAt) : noDetails;
    take(doubles[unit + 1] ?? 0, doubles[unit + 2] ?? 0, facts >>> 8, texts, details);
    unit += length;
    count++;
  }
  return { unit, count };
}

/** Returns the position after the first `count` records. */
export function skipRecords(segment: Segment, count: number): Cursor {
  return readRecords(segment, beginning, { limit: count, waits: false }, () => {});
}

function detailsIn(words: Uint32Array, at: number): RecordDetails {
  const high = words[at + 1] ?? 0;
  const letters = high >>> 16;
  const visitor = (high & 0xffff) * TWO_32 + (words[at] ?? 0);
  return {
    visitor: visitor === NO_VISITOR ? 0 : visitor,
    country: letters === 0 ? "" : String.fromCharCode(letters & 0xff, letters >> 8),
  };
}

function textAt(bytes: Buffer, from: number, to: number): string {
  let end = to * UNIT;
  while (bytes[end - 1] === 0) end--;
  return bytes.toString("utf8", from * UNIT, end);
}
