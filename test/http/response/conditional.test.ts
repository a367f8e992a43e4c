import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { judge, parseHttpDate, type Verdict } from "../../../src/http/response/conditional.ts";

const MODIFIED = "Tue, 17 Mar 2026 12:00:00 GMT";
const EARLIER = "Tue, 17 Mar 2026 11:59:59 GMT";
const LATER = "Tue, 17 Mar 2026 12:00:01 GMT";
/** Within the second that the header tells. */
const validators = { etag: '"this"', modifiedAt: Date.parse(MODIFIED) + 700, size: 1000 };
const PART = { first: 0, last: 9 };
const TEN = { range: "bytes=0-9" };

function verdictOf(headers: Record<string, string>, method = "GET", size = 1000): Verdict {
  return judge({ method, headers: new Headers(headers) }, { ...validators, size });
}

describe("a condition", () => {
  test.each<[Record<string, string>, Verdict]>([
    [{}, "full"],
    [{ "if-match": '"this"' }, "full"],
    [{ "if-match": '"other", "this"' }, "full"],
    [{ "if-match": "*" }, "full"],
    [{ "if-match": '"other"' }, "precondition_failed"],
    [{ "if-match": 'W/"this"' }, "precondition_failed"],
    [{ "if-match": "this" }, "precondition_failed"],
    [{ "if-match": "" }, "precondition_failed"],
    [{ "if-unmodified-since": MODIFIED }, "full"],
    [{ "if-unmodified-since": EARLIER }, "precondition_failed"],
    [{ "if-unmodified-since": "yesterday" }, "full"],
    [{ "if-none-match": '"this"' }, "not_modified"],
    [{ "if-none-match": 'W/"this"' }, "not_modified"],
    [{ "if-none-match": '"a,b", "this"' }, "not_modified"],
    [{ "if-none-match": "*" }, "not_modified"],
    [{ "if-none-match": '"other"' }, "full"],
    [{ "if-none-match": "this" }, "full"],
    [{ "if-modified-since": MODIFIED }, "not_modified"],
    [{ "if-modified-since": LATER }, "not_modified"],
    [{ "if-modified-since": EARLIER }, "full"],
    [{ "if-modified-since": "Tuesday" }, "full"],
  ])("%p: %p", (headers, verdict) => {
    expect(verdictOf(headers)).toEqual(verdict);
    expect(verdictOf(headers, "HEAD")).toEqual(verdict);
  });

  test.each<[string, Record<string, string>, Verdict]>([
    [
      "If-Match counts where If-Unmodified-Since contradicts it",
      { "if-match": '"this"', "if-unmodified-since": EARLIER },
      "full",
    ],
    [
      "If-None-Match counts where If-Modified-Since contradicts it",
      { "if-none-match": '"other"', "if-modified-since": LATER },
      "full",
    ],
    [
      "a failed precondition comes before not modified",
      { "if-match": '"other"', "if-none-match": '"this"' },
      "precondition_failed",
    ],
    ["not modified comes before a part", { "if-none-match": '"this"', ...TEN }, "not_modified"],
    ["both may hold before a part", { "if-match": "*", "if-none-match": '"x"', ...TEN }, PART],
    ["a part of what is unchanged", { "if-range": '"this"', ...TEN }, PART],
    ["a part of what has this very date", { "if-range": MODIFIED, ...TEN }, PART],
    ["the whole of what has changed", { "if-range": '"other"', ...TEN }, "full"],
    ["the whole where the tag is weak", { "if-range": 'W/"this"', ...TEN }, "full"],
    ["the whole where the date is another", { "if-range": LATER, ...TEN }, "full"],
    ["the whole where If-Range is neither", { "if-range": "x", ...TEN }, "full"],
    [
      "the whole of what has changed, though the range is beyond it",
      { "if-range": '"other"', range: "bytes=1000-" },
      "full",
    ],
  ])("in order: %s", (_, headers, verdict) => {
    expect(verdictOf(headers)).toEqual(verdict);
  });
});

describe("a range", () => {
  const ten = Array.from({ length: 10 }, (_, at) => `${at * 2}-${at * 2}`).join(",");

  test.each<[string, Verdict]>([
    ["bytes=0-0", { first: 0, last: 0 }],
    ["bytes=-500", { first: 500, last: 999 }],
    ["bytes=-5000", { first: 0, last: 999 }],
    ["bytes=-0", "unsatisfiable"],
    ["bytes=0-", { first: 0, last: 999 }],
    ["bytes=999-", { first: 999, last: 999 }],
    ["bytes=990-5000", { first: 990, last: 999 }],
    ["bytes=1000-", "unsatisfiable"],
    [`bytes=${"9".repeat(400)}-`, "unsatisfiable"],
    [`bytes=0-${"9".repeat(400)}`, { first: 0, last: 999 }],
    ["BYTES = 0-9", PART],
    ["bytes=0-9,", PART],
    ["bytes=abc", "full"],
    ["bytes=5-2", "full"],
    ["bytes=-", "full"],
    ["bytes=", "full"],
    ["bytes", "full"],
    ["bytes=0x1-2", "full"],
    ["bytes=1-2-3", "full"],
    ["lines=0-9", "full"],
    ["bytes=0-1,3-4", "full"],
    [`bytes=${ten}`, "full"],
  ])("%p of 1,000 bytes: %p", (range, verdict) => {
    expect(verdictOf({ range })).toEqual(verdict);
    expect(verdictOf({ range }, "HEAD")).toBe("full");
  });

  test.each<[string, Verdict]>([
    ["bytes=0-0", "unsatisfiable"],
    ["bytes=0-", "unsatisfiable"],
    ["bytes=-500", "full"],
    ["bytes=-0", "unsatisfiable"],
  ])("%p of an empty file: %p", (range, verdict) => {
    expect(verdictOf({ range }, "GET", 0)).toEqual(verdict);
  });

  test("is what slicing an array would give", () => {
    const bound = fc.option(fc.nat(40), { nil: null });
    fc.assert(
      fc.property(fc.nat(30), bound, bound, (size, first, last) => {
        const all = [...Array(size).keys()];
        const verdict = verdictOf({ range: `bytes=${first ?? ""}-${last ?? ""}` }, "GET", size);
        const wanted =
          first === null ? all.slice(-(last ?? 0) || size) : all.slice(first, (last ?? size) + 1);
        const isInvalid =
          (first === null && last === null) || (first !== null && last !== null && last < first);
        if (isInvalid) expect(verdict).toBe("full");
        else if (typeof verdict === "object")
          expect(all.slice(verdict.first, verdict.last + 1)).toEqual(wanted);
        else if (verdict === "full") expect(wanted).toEqual(all);
        else expect(wanted).toEqual([]);
      }),
      { numRuns: 2000 },
    );
  });
});

describe("an HTTP date", () => {
  const AT = Date.UTC(1994, 10, 6, 8, 49, 37);

  test.each<[string | null, number | null]>([
    ["Sun, 06 Nov 1994 08:49:37 GMT", AT],
    ["Sunday, 06-Nov-94 08:49:37 GMT", AT],
    ["Sun Nov  6 08:49:37 1994", AT],
    ["Sunday, 06-Nov-26 08:49:37 GMT", Date.UTC(2026, 10, 6, 8, 49, 37)],
    ["Sun, 06 Nov 1994 08:49:37", null],
    ["Sun, 06 Nov 1994 08:49:37 CET", null],
    ["Sun, 06 Nov 1994 25:49:37 GMT", null],
    ["1994-11-06T08:49:37Z", null],
    ["784111777", null],
    ["", null],
    [null, null],
  ])("%p is %p", (text, at) => {
    expect(parseHttpDate(text)).toBe(at);
  });
});
