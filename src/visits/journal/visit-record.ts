import { HEAD_BYTES, SEGMENT_BYTES, type Segment } from "./segment.ts";

/**
 * A visit in a segment, in units of 8 bytes: its sequence number (4 bytes, from 1 in each segment), its length in units
 * (1 byte) and its visitor's code (3 bytes); the link; the time; the referrer's host, padded with zeros. The highest
 * bit of the length says that two more units come before the host: 8 bytes of the visitor's hash, and the country in the
 * first 2 bytes. The sequence number is written last: reading ends at a record that has not the next one.
 */
const FIXED_UNITS = 3;
const DETAIL_UNITS = 2;
const HAS_DETAILS = 0x80;

const UNIT = 8;
const FIRST = HEAD_BYTES / UNIT;
const UNITS = SEGMENT_BYTES / UNIT;

/** Position between two records. */
export interface Cursor {
  readonly unit: number;
  /** Number of records before it. */
  readonly count: number;
}

export const beginning: Cursor = { unit: FIRST, count: 0 };

/** What a record may have besides. */
export interface RecordDetails {
  /** Hash of the visitor for the day. */
  readonly visitor: bigint;
  /** Two letters, or "". */
  readonly country: string;
}

/** Writes records into one segment. */
export class RecordWriter {
  readonly segment: Segment;
  #unit = FIRST;
  #count = 0;

  constructor(segment: Segment) {
    this.segment = segment;
  }

  /** Returns false if the segment is full. */
  append(
    linkId: number,
    at: number,
    code: number,
    host: Uint8Array,
    details: RecordDetails | null = null,
  ): boolean {
    const { words, doubles, bytes } = this.segment;
    const unit = this.#unit;
    const fixed = details === null ? FIXED_UNITS : FIXED_UNITS + DETAIL_UNITS;
    const length = fixed + ((host.length + UNIT - 1) >> 3);
    if (unit + length > UNITS) return false;
    words[unit * 2 + 1] = length | (details === null ? 0 : HAS_DETAILS) | (code << 8);
    doubles[unit + 1] = linkId;
    doubles[unit + 2] = at;
    if (details !== null) writeDetails(bytes, (unit + FIXED_UNITS) * UNIT, details);
    if (host.length > 0) bytes.set(host, (unit + fixed) * UNIT);
    Atomics.store(words, unit * 2, ++this.#count);
    this.#unit = unit + length;
    return true;
  }
}

/** Called with each record. */
export type TakeRecord = (
  linkId: number,
  at: number,
  code: number,
  host: string,
  details: RecordDetails | null,
) => void;

/** Reads at most `limit` records from `from` on; returns the position after the last. */
export function readRecords(
  { words, doubles, bytes }: Segment,
  from: Cursor,
  limit: number,
  take: TakeRecord,
): Cursor {
  let { unit, count } = from;
  const last = count + limit;
  while (count < last && unit + FIXED_UNITS <= UNITS) {
    if (Atomics.load(words, unit * 2) !== count + 1) break;
    const facts = words[unit * 2 + 1] ?? 0;
    const hasDetails = (facts & HAS_DETAILS) !== 0;
    const length = facts & ~HAS_DETAILS & 0xff;
    const fixed = hasDetails ? FIXED_UNITS + DETAIL_UNITS : FIXED_UNITS;
    if (length < fixed || unit + length > UNITS) break;
    const host = length === fixed ? "" : textAt(bytes, unit + fixed, unit + length);
    const details = hasDetails ? readDetails(bytes, (unit + FIXED_UNITS) * UNIT) : null;
    take(doubles[unit + 1] ?? 0, doubles[unit + 2] ?? 0, facts >>> 8, host, details);
    unit += length;
    count++;
  }
  return { unit, count };
}

/** Returns the position after the first `count` records. */
export function skipRecords(segment: Segment, count: number): Cursor {
  return readRecords(segment, beginning, count, () => {});
}

function writeDetails(bytes: Buffer, at: number, { visitor, country }: RecordDetails): void {
  bytes.writeBigUInt64LE(visitor, at);
  if (country !== "") bytes.write(country, at + UNIT, 2, "latin1");
}

function readDetails(bytes: Buffer, at: number): RecordDetails {
  const country = bytes[at + UNIT] === 0 ? "" : bytes.toString("latin1", at + UNIT, at + UNIT + 2);
  return { visitor: bytes.readBigUInt64LE(at), country };
}

function textAt(bytes: Buffer, from: number, to: number): string {
  let end = to * UNIT;
  while (bytes[end - 1] === 0) end--;
  return bytes.toString("latin1", from * UNIT, end);
}
