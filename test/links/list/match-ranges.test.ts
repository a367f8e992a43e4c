import { describe, expect, test } from "bun:test";
import { matchRanges } from "../../../src/links/list/match-ranges.ts";

/** Each text and words, with the parts of the text that match. */
const cases: readonly (readonly [text: string, words: readonly string[], parts: string[]])[] = [
  ["Report of May", ["report", "may"], ["Report", "May"]],
  ["Caf\u00e9 cr\u00e8me", ["creme"], ["cr\u00e8me"]],
  ["Cafe\u0301 noir", ["cafe"], ["Cafe\u0301"]],
  ["\u0130stanbul", ["istanbul"], ["\u0130stanbul"]],
  ["Stra\u00dfe 1", ["strasse"], ["Stra\u00dfe"]],
  ["o\ufb03ce", ["ff"], ["\ufb03"]],
  ["\u6771\u4eac\u90fd", ["\u6771\u4eac"], ["\u6771\u4eac"]],
  ["aaa", ["aa"], ["aa"]],
  ["abcd", ["abc", "bcd"], ["abcd"]],
  ["<b>", ["b"], ["b"]],
  ["nothing", ["zz"], []],
];

describe("matchRanges", () => {
  for (const [text, words, parts] of cases) {
    test(`finds ${JSON.stringify(parts)} in ${text} by ${words.join(", ")}`, () => {
      expect(matchRanges(text, words).map(([start, end]) => text.slice(start, end))).toEqual(parts);
    });
  }
});
