import { describe, expect, test } from "bun:test";
import { formatCount } from "../../../src/text/format.ts";
import { formatDistance } from "../../../src/web/ui/time.tsx";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

describe("a distance in time", () => {
  test.each([
    [0, "just now"],
    [-59 * SECOND, "just now"],
    [1, "in a moment"],
    [-MINUTE, "1 minute ago"],
    [59 * MINUTE, "in 59 minutes"],
    [-HOUR, "1 hour ago"],
    [2 * DAY - 1, "in 1 day"],
    [-30 * DAY, "1 month ago"],
    [-364 * DAY, "12 months ago"],
    [365 * DAY, "in 1 year"],
    [8000 * 365 * DAY, "in 8,000 years"],
  ])("%d ms is %s", (ms, words) => expect(formatDistance(ms)).toBe(words));
});

test("a count has its thousands apart", () => {
  expect(formatCount(1_234_567)).toBe("1,234,567");
});
