import { HEAD_BYTES, SEGMENT_BYTES, type Segment } from "./segment.ts";

/**
 * A visit in a segment, in units of 8 bytes: its sequence number (4 bytes, from 1 in each segment), its length in units
 * (1 byte) and its visitor's code (3 bytes); the link; the time; the referrer's host, padded with zeros. The sequence
 * number is written last: reading ends at a record that has not the next one.
 */
const FIXED_UNITS = 3;

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

/** Writes records into one segment. */
export class RecordWriter {
  readonly segment: Segment;
  #unit = FIRST;
  #count = 0;

  constructor(segment: Segment) {
    this.segment = segment;
  }

  /** Returns false if the segment is full. */
  append(linkId: number, at: number, code: number, host: Uint8Array): boolean {
    const { words, doubles, bytes } = this.segment;
    const unit = this.#unit;
    const length = FIXED_UNITS + ((host.length + UNIT - 1) >> 3);
    if (unit + length > UNITS) return false;
    words[unit * 2 + 1] = length | (code << 8);
    doubles[unit + 1] = linkId;
    doubles[unit + 2] = at;
    if (host.length > 0) bytes.set(host, (unit + FIXED_UNITS) * UNIT);
    Atomics.store(words, unit * 2, ++this.#count);
    this.#unit = unit + length;
    return true;
  }
}

/** Called with each record. */
export type TakeRecord = (linkId: number, at: number, code: number, host: string) => void;

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
    const length = facts & 0xff;
    if (length < FIXED_UNITS || unit + length > UNITS) break;
    const host = length === FIXED_UNITS ? "" : textAt(bytes, unit + FIXED_UNITS, unit + length);
    take(doubles[unit + 1] ?? 0, doubles[unit + 2] ?? 0, facts >>> 8, host);
    unit += length;
    count++;
  }
  return { unit, count };
}

/** Returns the position after the first `count` records. */
export function skipRecords(segment: Segment, count: number): Cursor {
  return readRecords(segment, beginning, count, () => {});
}

function textAt(bytes: Buffer, from: number, to: number): string {
  let end = to * UNIT;
  while (bytes[end - 1] === 0) end--;
  return bytes.toString("latin1", from * UNIT, end);
}
