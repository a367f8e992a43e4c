import { expect, test } from "bun:test";
import { miscounted } from "../../bench/redirect/counted.ts";
import { linkAt } from "../../bench/seed/links.ts";
import { percentile } from "../../bench/stats.ts";
import { isReached } from "../../bench/table.ts";
import { isStoredCode } from "../../src/links/short-code.ts";

const goal = { name: "a goal", unit: "" };

test.each([
  [{ ...goal, value: 1.5, most: 1.5 }, true],
  [{ ...goal, value: 1.51, most: 1.5 }, false],
  [{ ...goal, value: 500, least: 500 }, true],
  [{ ...goal, value: 499, least: 500 }, false],
  [{ ...goal, value: Number.NaN, most: 1.5 }, false],
  [{ ...goal, value: Number.NaN, least: 1.5 }, false],
])(
  "a goal is reached at its limit, and never by a figure that is not there: %j",
  (one, reached) => {
    expect(isReached(one)).toBe(reached);
  },
);

test.each([
  [{ answered: 100, underWay: 0, counted: 100 }, 0],
  [{ answered: 100, underWay: 5, counted: 105 }, 0],
  [{ answered: 100, underWay: 5, counted: 107 }, 2],
  [{ answered: 100, underWay: 5, counted: 98 }, 2],
])("visits are miscounted beyond those under way: %j", (counting, wrong) => {
  expect(miscounted({ server: "ours", ...counting })).toBe(wrong);
});

test.each([
  [50, 2],
  [99, 4],
  [100, 4],
  [0, 1],
])("the value that %d of a hundred do not exceed", (percent, value) => {
  expect(percentile([1, 2, 3, 4], percent)).toBe(value);
});

test("links of a seed have a code of their own each, in any case of letters", () => {
  const codes = Array.from({ length: 100_000 }, (_, at) => linkAt(at * 97).shortCode);
  expect(new Set(codes.map((code) => code.toLowerCase())).size).toBe(codes.length);
  expect(codes.every(isStoredCode)).toBe(true);
});
