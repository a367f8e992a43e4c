import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import {
  href,
  MAX_URL_LENGTH,
  type Method,
  safeNext,
  urls,
  withQuery,
} from "../../src/http/urls.ts";
import { reservedWords } from "../../src/links/short-code.ts";

describe("href", () => {
  test("writes each kind of pattern", () => {
    expect(href("home")).toBe("/");
    expect(href("signIn")).toBe("/auth/login");
    expect(href("editLink", { shortCode: "report" })).toBe("/edit_link/report");
    expect(href("asset", { path: "themes/flatly 2.css" })).toBe("/static/themes/flatly%202.css");
  });

  test("asks for exactly the parameters its pattern names", () => {
    // @ts-expect-error a link's page needs its short code
    expect(href("editLink")).toBe("/edit_link/");
    // @ts-expect-error the list of links has no parameters
    expect(href("links", { shortCode: "a" })).toBe("/links");
  });

  test.each([
    ["größe", "/gr%C3%B6%C3%9Fe"],
    ["a/b", "/a%2Fb"],
    ["a?b#c", "/a%3Fb%23c"],
    ["50%", "/50%25"],
    ["\ud800", "/%EF%BF%BD"],
  ])("keeps the short code %p in one segment", (shortCode, path) => {
    expect(href("open", { shortCode })).toBe(path);
  });

  test("adds a query and leaves absent values out", () => {
    expect(withQuery("/links", { after: "a b&c", q: null, sort: undefined })).toBe(
      "/links?after=a+b%26c",
    );
    expect(withQuery("/links", { after: undefined })).toBe("/links");
  });
});

describe("the table", () => {
  test("names no pattern twice", () => {
    const patterns = Object.values(urls).map((url) => url.pattern);
    expect(new Set(patterns).size).toBe(patterns.length);
  });

  test("keeps the pattern that fits everything last", () => {
    expect(Object.keys(urls).at(-1)).toBe("open");
  });

  test("answers HEAD wherever it answers GET", () => {
    for (const { methods } of Object.values<{ methods: readonly Method[] }>(urls))
      expect(methods.includes("HEAD")).toBe(methods.includes("GET"));
  });

  test("lets no short code take an address of ours", () => {
    const firstWords = Object.values(urls).map((url) => url.pattern.split("/")[1] ?? "");
    const own = firstWords.filter((word) => word !== "" && !word.startsWith(":"));
    expect(own.filter((word) => !reservedWords.has(word))).toEqual([]);
  });
});

describe("safeNext", () => {
  test.each([
    ["/links"],
    ["/links?q=a&sort=new"],
    ["/add?url=https://other.example/%3Fa=1%26b=2&title=A%20b"],
    ["/add?url=//other.example"],
    ["/edit_link/gr%C3%B6%C3%9Fe"],
    ["/"],
    ["/@other.example"],
    ["/a//b"],
  ])("keeps the path %p", (path) => {
    expect(safeNext(path)).toBe(path);
  });

  test("drops the fragment and resolves dots", () => {
    expect(safeNext("/links?q=1#top")).toBe("/links?q=1");
    expect(safeNext("/a/../links")).toBe("/links");
  });

  const hostile = [
    "",
    " ",
    "links",
    "./links",
    "../links",
    "?q=1",
    "#top",
    "other.example",
    "@other.example",
    "http://other.example",
    "https://other.example/links",
    "HTTPS://other.example",
    "https:other.example",
    "https:/other.example",
    "https:///other.example",
    "http:\\\\other.example",
    "//other.example",
    "//other.example/%2e%2e",
    "//other.example@nowhere.invalid",
    "///other.example",
    "////other.example",
    "//",
    "///",
    "//\\other.example",
    "/\\other.example",
    "/\\/other.example",
    "\\/other.example",
    "\\\\other.example",
    "\\other.example",
    "/\t/other.example",
    "/\n/other.example",
    "/\r\n/other.example",
    "\t//other.example",
    "\n/links",
    " //other.example",
    " /links",
    "/\u0000/other.example",
    "/links\u0000",
    "/links\r\nSet-Cookie: a=b",
    "/links\u007f",
    "/links\u0085",
    "/a\\b",
    "/.//other.example",
    "/./\\other.example",
    "/..//other.example",
    "/../..//other.example",
    "/a/..//other.example",
    "/a/../..//other.example",
    "/%2e//other.example",
    "/%2E%2e//other.example",
    "/.%2e//other.example",
    "/x/%2e%2e//other.example",
    "/.///other.example",
    "javascript:alert(1)",
    "JavaScript:alert(1)",
    "java\tscript:alert(1)",
    "javascript://other.example/%0aalert(1)",
    "data:text/html,hi",
    "vbscript:msgbox",
    "blob:https://other.example/1",
    "file:///etc/passwd",
    "mailto:a@other.example",
    "ftp://other.example",
    "x://other.example",
    "://other.example",
    ":80/",
    "http://nowhere.invalid/links",
    "//nowhere.invalid/links",
    "http:links",
    "[::1]",
    "//[::1]/",
    "//1.1.1.1",
    "//0x01010101",
    "\u2028/links",
    "\uff0f\uff0fother.example",
    "\u2044/other.example",
    "\ufeff//other.example",
  ];

  test.each(hostile.map((text) => [text]))("sends %p home", (text) => {
    expect(safeNext(text)).toBe("/");
  });

  test("sends a path too long for any address home", () => {
    const longest = `/${"a".repeat(MAX_URL_LENGTH - 1)}`;
    expect(safeNext(longest)).toBe(longest);
    expect(safeNext(`${longest}a`)).toBe("/");
  });

  const ORIGIN = "https://x.example";
  const trickyText = fc
    .array(
      fc.constantFrom(
        "/",
        "\\",
        ".",
        "..",
        "%2e",
        "%2f",
        "%5c",
        "@",
        ":",
        "?",
        "#",
        "\t",
        "a",
        "//",
      ),
    )
    .map((pieces) => `/${pieces.join("")}`);

  test("whatever comes out stays on this site, and comes out again unchanged", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: "binary" }), fc.webUrl(), trickyText), (text) => {
        const next = safeNext(text);
        expect(new URL(next, ORIGIN).origin).toBe(ORIGIN);
        expect(next).toMatch(/^\/(?!\/)[\x21-\x7e]*$/);
        expect(safeNext(next)).toBe(next);
      }),
      { numRuns: 2000 },
    );
  });
});
