/** Sums by two numbers, against a Map. */
import { expect, test } from "bun:test";
import fc from "fast-check";
import { LinkSums } from "../../src/visits/saving/link-sums.ts";
import { type Sums, SumTable } from "../../src/visits/sum-table.ts";

const rowsOf = ({ firsts, seconds, counts, lasts }: Sums) =>
  Array.from(firsts, (first, at) => [first, seconds[at], counts[at], lasts[at]]);

const one = fc.record({
  first: fc.oneof(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 2 ** 33 - 1 })),
  second: fc.oneof(
    fc.nat(5),
    fc.integer({ min: 0, max: 9 }).map((high) => high * 2 ** 45 + 1),
  ),
  count: fc.integer({ min: 1, max: 1000 }),
  last: fc.nat(100),
});
type One = typeof one extends fc.Arbitrary<infer Value> ? Value : never;

function sumPlainly(all: readonly One[]) {
  const sums = new Map<string, number[]>();
  for (const { first, second, count, last } of all) {
    const key = `${first} ${second}`;
    const [, , sum = 0, latest = 0] = sums.get(key) ?? [];
    sums.set(key, [first, second, sum + count, Math.max(latest, last)]);
  }
  return [...sums.values()];
}

test("sums equal those of a Map, in the order of both numbers, also after it was cleared", () => {
  const table = new SumTable();
  const property = fc.property(fc.array(one, { maxLength: 200 }), (all) => {
    table.clear();
    for (const { first, second, count, last } of all) table.add(first, second, count, last);
    const sums = sumPlainly(all);
    expect(table.size).toBe(sums.length);
    expect(rowsOf(table.entries())).toEqual(sums);
    const inOrder = sums.toSorted(([a = 0, b = 0], [c = 0, d = 0]) => a - c || b - d);
    expect(rowsOf(table.inOrder())).toEqual(inOrder);
  });
  fc.assert(property, { numRuns: 100 });
});

test("it grows with its entries, and is small again after it was cleared with few", () => {
  const table = new SumTable();
  for (const entries of [50_000, 10, 3000]) {
    for (let at = 0; at < entries; at++) table.add(at * 7, at % 13, 1, at);
    for (let at = 0; at < entries; at++) table.add(at * 7, at % 13, 1, 0);
    expect(table.size).toBe(entries);
    expect(table.inOrder().counts.every((count) => count === 2)).toBe(true);
    table.clear();
    expect([table.size, table.inOrder().firsts.length]).toEqual([0, 0]);
  }
});

test("sums of links in their order equal those of a table", () => {
  const property = fc.property(fc.array(one, { maxLength: 200 }), (all) => {
    const [table, links] = [new SumTable(), new LinkSums(all.length)];
    for (const { first, second, count } of all.toSorted((a, b) => a.first - b.first)) {
      table.add(first, second, count, 0);
      links.add(first, second, count);
    }
    expect(links.sums()).toEqual(table.inOrder());
  });
  fc.assert(property);
});
