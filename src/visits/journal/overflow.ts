import { QUARTER_MS } from "../quarter.ts";
import { HEAD_BYTES, SEGMENT_BYTES, type Segment } from "./segment.ts";

/**
 * Totals in a segment, used when the database is unavailable for so long that the journal has reached its maximum size:
 * visits and time of the last visit by link, quarter hour and class of visitors, in a hash table with linear probing. A
 * slot is 32 bytes: link and time (8 bytes each), quarter hour, class and count (4 bytes each). The count is written
 * last: a slot with count 0 is free.
 */
const SLOT_BYTES = 32;

const FIRST = HEAD_BYTES / SLOT_BYTES;
const SLOTS = SEGMENT_BYTES / SLOT_BYTES - FIRST;

/** Number of slots tried before the table counts as full. */
const PROBES = 64;

/** Adds to the totals of one segment. */
export class TotalsWriter {
  readonly segment: Segment;

  constructor(segment: Segment) {
    this.segment = segment;
  }

  /** Returns false if the table is full. */
  add(linkId: number, at: number, visitorClass: number): boolean {
    const quarter = Math.floor(at / QUARTER_MS);
    const start = Math.abs((linkId * 31 + quarter * 7 + visitorClass) % SLOTS);
    for (let probe = 0; probe < PROBES; probe++) {
      const slot = FIRST + ((start + probe) % SLOTS);
      if (this.#addTo(slot, linkId, at, quarter, visitorClass)) return true;
    }
    return false;
  }

  #addTo(slot: number, linkId: number, at: number, quarter: number, visitorClass: number): boolean {
    const { words, doubles } = this.segment;
    const count = words[slot * 8 + 6] ?? 0;
    if (count === 0) {
      doubles[slot * 4] = linkId;
      words[slot * 8 + 4] = quarter;
      words[slot * 8 + 5] = visitorClass;
    } else if (
      doubles[slot * 4] !== linkId ||
      words[slot * 8 + 4] !== quarter ||
      words[slot * 8 + 5] !== visitorClass
    ) {
      return false;
    }
    doubles[slot * 4 + 1] = at;
    Atomics.store(words, slot * 8 + 6, count + 1);
    return true;
  }
}

/** Calls `take` with each total. */
export function readTotals(
  { words, doubles }: Segment,
  take: (linkId: number, at: number, visitorClass: number, visits: number) => void,
): void {
  for (let slot = FIRST; slot < FIRST + SLOTS; slot++) {
    const visits = Atomics.load(words, slot * 8 + 6);
    if (visits === 0) continue;
    take(doubles[slot * 4] ?? 0, doubles[slot * 4 + 1] ?? 0, words[slot * 8 + 5] ?? 0, visits);
  }
}
