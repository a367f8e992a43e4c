/** Totals in a segment: what is kept of visits when their details have no room. */
import { expect, test } from "bun:test";
import { join } from "node:path";
import fc from "fast-check";
import { readTotals, TotalsWriter } from "../../../src/visits/journal/overflow.ts";
import { createSegment, type Segment } from "../../../src/visits/journal/segment.ts";
import { useFolders } from "./journal-folder.ts";

const newFolder = useFolders();
const newSegment = () => createSegment(join(newFolder(), "a.totals"));
const QUARTER = 900_000;

/** What is read, by link, quarter hour and class: how many, and when the last. */
function read(segment: Segment): Record<string, [visits: number, last: number]> {
  const found: Record<string, [number, number]> = {};
  readTotals(segment, (linkId, at, visitorClass, visits) => {
    const key = keyOf(linkId, at, visitorClass);
    expect(found[key]).toBeUndefined();
    found[key] = [visits, at];
  });
  return found;
}

function keyOf(linkId: number, at: number, visitorClass: number): string {
  return `${linkId} ${Math.floor(at / QUARTER)} ${visitorClass}`;
}

test("sums by link, quarter hour and class equal a simple count", () => {
  const visit = fc.tuple(
    fc.oneof(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 2 ** 33 })),
    fc.integer({ min: 0, max: 400_000 }).map((minutes) => minutes * 60_000),
    fc.integer({ min: 0, max: 3 }),
  );
  const property = fc.property(fc.array(visit, { maxLength: 500 }), (visits) => {
    const segment = newSegment();
    const writer = new TotalsWriter(segment);
    const model: Record<string, [number, number]> = {};
    for (const [linkId, at, visitorClass] of visits) {
      expect(writer.add(linkId, at, visitorClass)).toBe(true);
      const key = keyOf(linkId, at, visitorClass);
      model[key] = [(model[key]?.[0] ?? 0) + 1, at];
    }
    expect(read(segment)).toEqual(model);
  });
  fc.assert(property, { numRuns: 30 });
});

test("a full table refuses new slots and adds to existing ones", () => {
  const segment = newSegment();
  const writer = new TotalsWriter(segment);
  let taken = 0;
  while (writer.add(taken + 1, 0, 0)) taken++;
  expect(taken).toBeGreaterThan(20_000);
  expect(writer.add(1, 5, 0)).toBe(true);
  const found = read(segment);
  expect(Object.keys(found)).toHaveLength(taken);
  expect(found[keyOf(1, 5, 0)]).toEqual([2, 5]);
});

test("an incomplete slot is free", () => {
  const segment = newSegment();
  const whole = newSegment();
  new TotalsWriter(whole).add(9, 7 * QUARTER, 2);
  const slot = whole.doubles.indexOf(9) * 8;
  segment.bytes.set(whole.bytes.subarray(slot, slot + 24), slot); // all but its count
  expect(read(segment)).toEqual({});
  new TotalsWriter(segment).add(9, 8 * QUARTER, 2);
  expect(read(segment)).toEqual({ [keyOf(9, 8 * QUARTER, 2)]: [1, 8 * QUARTER] });
});
