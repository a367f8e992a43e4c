import { describe, expect, test } from "bun:test";
import { ALL_LINKS, Portion } from "../../src/visits/portion.ts";
import { Tally } from "../../src/visits/tally.ts";

const AT = Date.UTC(2026, 2, 17, 12);

function portionOf(linkIds: Iterable<number>): Portion {
  const portion = new Portion();
  for (const linkId of linkIds) portion.addVisit(linkId, AT, 0, "news.example");
  return portion;
}

/** The links of each slice, and how many visits of each. */
function describeSlices(portion: Portion) {
  return [...portion.slices()].map((slice) => {
    const tally = new Tally();
    tally.clear("UTC", slice.rows.length);
    portion.fill(tally, slice);
    const { firsts, counts } = tally.totals();
    return { links: [...firsts], counts: [...counts], linksBelow: slice.linksBelow };
  });
}

describe("a portion of visits", () => {
  test("is one slice where it is small, in the order in which it was read", () => {
    const portion = portionOf([3, 1, 2]);
    expect([...portion.slices()]).toEqual([
      { rows: Uint32Array.of(0, 1, 2), linksBelow: ALL_LINKS },
    ]);
  });

  test("that is empty is one slice: its records are those of links that are saved", () => {
    expect([...new Portion().slices()]).toEqual([
      { rows: new Uint32Array(0), linksBelow: ALL_LINKS },
    ]);
  });

  test("has all visits of a link in one slice, also where one link has nearly all", () => {
    const many = 30_000;
    const linkIds = Array.from({ length: many }, (_, at) => (at % 3 === 0 ? 7 : 5));
    const slices = describeSlices(portionOf([...linkIds, 2, 2 ** 32]));
    expect(slices).toEqual([
      { links: [2, 5], counts: [1, (many / 3) * 2], linksBelow: 7 },
      { links: [7], counts: [many / 3], linksBelow: 2 ** 32 },
      { links: [2 ** 32], counts: [1], linksBelow: ALL_LINKS },
    ]);
  });

  test("keeps visitors, countries and totals apart", () => {
    const portion = new Portion();
    portion.addVisit(1, AT, 0, "", { visitor: 5, country: "DE" });
    portion.addVisit(1, AT, 0, "", { visitor: 6, country: "FR" });
    portion.addTotal(1, AT, 0, 40);
    const tally = new Tally();
    for (const slice of portion.slices()) portion.fill(tally, slice);
    expect([...tally.totals().counts]).toEqual([42]);
    expect([...tally.visitors()].map(({ hashes }) => [...hashes])).toEqual([[5, 6]]);
    const countries = tally.values.filter(({ dimension }) => dimension === "country");
    expect(countries.map(({ text }) => text)).toEqual(["", "DE", "FR"]);
  });

  test("takes no more files once it is full", () => {
    const portion = new Portion();
    const { remaining } = portion;
    for (let count = 1; count < remaining; count++) portion.addVisit(1, 0, 0, "");
    expect([portion.isFull, portion.remaining]).toEqual([false, 1]);
    portion.addVisit(1, 0, 0, "");
    expect([portion.isFull, portion.remaining]).toEqual([true, 0]);
    portion.clear();
    expect([portion.isFull, portion.remaining]).toEqual([false, remaining]);
  });
});
