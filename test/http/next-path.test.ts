import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { safeNext } from "../../src/http/next-path.ts";
import { MAX_URL_LENGTH } from "../../src/http/urls.ts";

describe("safeNext", () => {
  test.each([
    ["/links"],
    ["/links?q=a&sort=new"],
    ["/add?url=https://other.example/%3Fa=1%26b=2&title=A%20b"],
    ["/add?url=//other.example"],
    ["/edit_link/gr%C3%B6%C3%9Fe"],
    ["/-/view/photo"],
    ["/-/links/photo?period=all"],
    ["/"],
  ])("keeps the path %p", (path) => {
    expect(safeNext(path)).toBe(path);
  });

  // SECURITY.md S4: such a page can show the address of the sign-in page, and ask for the password again.
  test.each([
    ["/welcome7"],
    ["/welcome7?x=/links"],
    ["/@other.example"],
    ["/welcome7/"],
    ["/welcome7//links"],
    ["/welcome7/auth/login"],
    ["/%77elcome7"],
    ["/links%2F..%2Fwelcome7"],
    ["/links/"],
    ["/LINKS"],
    ["/links/../welcome7"],
    ["/a//b"],
    ["/-/preview/welcome7"],
    ["/nowhere/to/be/found"],
    ["/-/nothing"],
    ["/%00"],
  ])("sends %p home, where a page of a user would be shown, or none", (path) => {
    expect(safeNext(path)).toBe("/");
  });

  test("drops the fragment and resolves dots", () => {
    expect(safeNext("/links?q=1#top")).toBe("/links?q=1");
    expect(safeNext("/a/../links")).toBe("/links");
    expect(safeNext("/%6Cinks")).toBe("/%6Cinks");
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
    const longest = `/add?${"a".repeat(MAX_URL_LENGTH - 5)}`;
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
