import { describe, expect, test } from "bun:test";
import type { Method, UrlRow } from "../../src/http/url-row.ts";
import { programUrls } from "../../src/http/urls/program-urls.ts";
import { href, urls, withQuery } from "../../src/http/urls.ts";
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

const pages = Object.entries<UrlRow>(urls).filter(([name]) => !(name in programUrls));

describe("the table", () => {
  test("names no pattern twice, but for programs", () => {
    const patterns = pages.map(([, { pattern }]) => pattern);
    expect(new Set(patterns).size).toBe(patterns.length);
  });

  test("gives programs methods that the page of an address does not have", () => {
    for (const { pattern, methods } of Object.values<UrlRow>(programUrls)) {
      const page = pages.find(([, each]) => each.pattern === pattern)?.[1];
      expect(methods.filter((method) => page?.methods.includes(method))).toEqual([]);
    }
  });

  test("keeps the pattern that fits everything last", () => {
    expect(pages.at(-1)?.[0]).toBe("open");
  });

  test("answers HEAD wherever it answers GET", () => {
    for (const { methods } of Object.values<{ methods: readonly Method[] }>(urls))
      expect(methods.includes("HEAD")).toBe(methods.includes("GET"));
  });

  test("lets no short code take an address of ours", () => {
    const firstWords = pages.map(([, url]) => url.pattern.split("/")[1] ?? "");
    const own = firstWords.filter((word) => word !== "" && !word.startsWith(":"));
    expect(own.filter((word) => !reservedWords.has(word))).toEqual([]);
  });
});
