import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { systemRandom } from "../../src/clock.ts";
import { urls } from "../../src/http/urls.ts";
import {
  codeBeforeExtension,
  codesBeforeMore,
  isReserved,
  isStoredCode,
  makeShortCode,
  parseShortCode,
} from "../../src/links/short-code.ts";
import { Problem } from "../../src/problem.ts";

describe("a short code", () => {
  test.each(["a", "A", "0", "-a", "_", "report-2026", "x".repeat(50)])("may be %p", (text) => {
    expect<string>(parseShortCode(text)).toBe(text);
  });

  test.each([
    ["", "letters"],
    ["x".repeat(51), "50 characters"],
    ["a b", "letters"],
    ["a/b", "letters"],
    ["a.b", "letters"],
    ["a%20b", "letters"],
    ["caf\u00e9", "letters"],
    ["\u0430dmin", "letters"], // Cyrillic a
    ["a\n", "letters"],
    ["a\u200bb", "letters"],
    ["..", "letters"],
    ["links", "reserved"],
    ["Admin", "reserved"],
    ["health", "reserved"],
    ["-", "reserved"],
  ])("may not be %p: the message speaks of %p", (text, word) => {
    expect(() => parseShortCode(text)).toThrow(word);
  });

  test("is refused by the name of its field", () => {
    try {
      parseShortCode("a b");
      expect.unreachable();
    } catch (thrown) {
      expect(Object.keys((thrown as Problem).fields)).toEqual(["short_code"]);
    }
  });

  test("is reserved wherever a route of ours answers", () => {
    for (const { pattern, methods } of Object.values(urls)) {
      const [, first = ""] = pattern.split("/");
      // Where programs only send files to, a link answers as anywhere.
      if ((methods as readonly string[]).includes("GET") && first !== "" && !first.startsWith(":"))
        expect(isReserved(first)).toBe(true);
    }
  });

  test("of the original's may be any Unicode letters and digits, if it is stored", () => {
    for (const code of ["caf\u00e9", "\u6771\u4eac", "\u0438\u043c\u044f", "a-1_"])
      expect(isStoredCode(code)).toBe(true);
    for (const code of ["", "a/b", "a.b", "a b", "\0", "x".repeat(51)])
      expect(isStoredCode(code)).toBe(false);
  });

  test("whatever is parsed is stored as it was typed, and could be opened", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 60 }), (text) => {
        const parsed = attempt(() => parseShortCode(text));
        if (parsed === null) return;
        expect<string>(parsed).toBe(text);
        expect(isStoredCode(parsed)).toBe(true);
        expect(encodeURIComponent(parsed)).toBe(text);
      }),
    );
  });
});

describe("an automatic short code", () => {
  test("has seven characters without look-alikes, and is never a reserved word", () => {
    for (let count = 0; count < 2000; count++) {
      expect(makeShortCode(systemRandom)).toMatch(/^[2-9A-HJ-NP-Zabcdefghjkmnpqrstuvwxyz]{7}$/);
    }
  });

  test("uses each character equally often", () => {
    const counts = new Map<string, number>();
    const codes = 20_000;
    for (let count = 0; count < codes; count++) {
      for (const letter of makeShortCode(systemRandom))
        counts.set(letter, (counts.get(letter) ?? 0) + 1);
    }
    const expected = (codes * 7) / counts.size;
    const chiSquare = [...counts.values()].reduce(
      (sum, n) => sum + (n - expected) ** 2 / expected,
      0,
    );
    expect(counts.size).toBe(55);
    // 54 degrees of freedom: beyond 120 once in 10^6 runs.
    expect(chiSquare).toBeLessThan(120);
  });

  test("skips bytes that would favour some letters", () => {
    const bytes = [63, 62, 61, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
    expect<string>(makeShortCode(() => new Uint8Array(bytes))).toBe("2345678");
  });
});

function attempt<T>(parse: () => T): T | null {
  try {
    return parse();
  } catch (thrown) {
    if (thrown instanceof Problem) return null;
    throw thrown;
  }
}

test.each([
  ["abc.png", { code: "abc", extension: "png" }],
  ["Abc_-1.TAR", { code: "Abc_-1", extension: "tar" }],
  ["stra\u00dfe.pdf", { code: "stra\u00dfe", extension: "pdf" }],
  ["abc", null],
  ["abc.", null],
  [".env", null],
  ["a.b.png", null],
  ["abc.p-g", null],
  ["abc/d.png", null],
] as const)("the code and the extension of %p are %p", (text, found) => {
  expect(codeBeforeExtension(text)).toEqual(found as never);
});

describe("the codes before more text", () => {
  test.each([
    ["abc", []],
    ["abc/", ["abc"]],
    ["abc\u3002def", ["abc"]],
    ["abc\u8aad", ["abc"]],
    ["stra\u00dfe.", ["stra\u00dfe"]],
    ["abc\u8aad\u3080.", ["abc\u8aad\u3080", "abc"]],
    ["abc&a=b/c", ["abc"]],
    ["abc\u00e9", []],
    ["abc.css", []],
    ["abc/def", []],
    ["abc)/def", []],
    [".env", []],
    ["\u200babc", []],
    [`${"x".repeat(51)}.`, []],
  ] as const)("of %p are %p", (text, codes) => {
    expect<readonly string[]>(codesBeforeMore(text)).toEqual(codes);
  });

  test("are found in little time", () => {
    const begun = performance.now();
    for (const more of ["/", "./", ")", "a/", "/&", "\u8aad"])
      codesBeforeMore(`x${more.repeat(8000)}`);
    expect(performance.now() - begun).toBeLessThan(1000);
  });
});
