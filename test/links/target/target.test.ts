import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { parseTarget, pointsToItself, type Target } from "../../../src/links/target/target.ts";
import { text } from "../../../src/links/text.en.ts";
import { Problem } from "../../../src/problem.ts";

const schemes = ["http", "https"];
const parse = (text: string, allowed: readonly string[] = schemes) =>
  parseTarget(text, { schemes: allowed });

const SCHEME = "must begin with";

describe("a target", () => {
  test.each([
    "https://example.com",
    "http://example.com/a b?c=d#e",
    "HTTPS://EXAMPLE.COM/Path",
    "https://user:secret@example.com/",
    "https://\u4f8b\u3048.jp/\u9053?q=\u00fc",
    "http://127.0.0.1:8080/",
    "http://[::1]/",
    "https://example.com/%zz",
    "https://example.com/?next=javascript:alert(1)",
    `https://example.com/${"a".repeat(8192 - "https://example.com/".length)}`,
    `https://example.com/${"\u044f".repeat(1362)}`,
    "https://archive.example/https://example.com/",
    "https://example.com/?text=a b",
    "https://example.com:65535/",
  ])("may be %p, kept as it is given", (text) => {
    expect<string>(parse(text)).toBe(text);
  });

  test.each([
    ["  https://example.com/ ", "https://example.com/"],
    ["https://example.com/\u200b", "https://example.com/"],
    ["\u2060\ufeffhttps://example.com/x\u200c\u200d \u200e\u00ad\u180e", "https://example.com/x"],
    ["\u202ahttps://example.com/\u202c\n", "https://example.com/"],
    ["https://example.com/\u200bx\ufe0f", "https://example.com/\u200bx\ufe0f"],
  ])("loses what nobody sees around it: %p", (given, target) => {
    expect<string>(parse(given)).toBe(target);
  });

  test.each([
    ["example.org/abc", "https://example.org/abc"],
    ["www.example.com", "https://www.example.com"],
    ["\u200bz\u00fcrich.example?q=1", "https://z\u00fcrich.example?q=1"],
    ["localhost:3000", "https://localhost:3000"],
    ["localhost/x", "https://localhost/x"],
    ["192.168.1.5:8080/x", "https://192.168.1.5:8080/x"],
    ["example.com/@name?next=a:b", "https://example.com/@name?next=a:b"],
    ["\u4f8b\u3048\u3002jp", "https://\u4f8b\u3048\u3002jp"],
  ])("%p begins with its host and becomes %p", (given, target) => {
    expect<string>(parse(given)).toBe(target);
  });

  test.each([
    ["", text.target.missing],
    ["   ", text.target.missing],
    ["example", SCHEME],
    ["someone@example.com", SCHEME],
    ["tel:12345", SCHEME],
    ["git.example.com:name/x.git", SCHEME],
    ["/path", SCHEME],
    ["//example.com", SCHEME],
    ["javascript:alert(1)", SCHEME],
    ["JaVaScRiPt:alert(1)", SCHEME],
    [" javascript:alert(1)", SCHEME],
    ["java\tscript:alert(1)", text.target.controlCharacter],
    ["\u0000javascript:alert(1)", text.target.controlCharacter],
    ["&#106;avascript:alert(1)", SCHEME],
    ["data:text/html,<script>alert(1)</script>", SCHEME],
    ["vbscript:msgbox", SCHEME],
    ["blob:https://example.com/1", SCHEME],
    ["file:///etc/passwd", SCHEME],
    ["ftp://example.com/", SCHEME],
    ["http:example.com", text.target.noHost],
    ["http:/example.com", text.target.noHost],
    ["http:\\\\example.com", text.target.noHost],
    ["https://", text.target.noHost],
    ["https:///path", text.target.noHost],
    ["https://exa mple.com/", text.target.badHost],
    ["https://256.256.256.256/", text.target.badHost],
    ["https://[::1", text.target.badHost],
    ["https://a|b/", text.target.badHost],
    ["https://a!b.example/", text.target.badHost],
    ["https://exa mple.com:99999/", text.target.badHost],
    ["https://example.com:99999/", text.target.badPort],
    ["https://user:1@[::1]:65536?x", text.target.badPort],
    ["https://example.com:80a", text.target.badPort],
    ["example.com:0/", text.target.badPort],
    ["https://a.example/ https://b.example/", text.target.severalAddresses],
    ["https://a.example/\nhttp://b.example/", text.target.severalAddresses],
    ["a.example/x\t www.b.example", text.target.severalAddresses],
    ["https://example.com/\r\nSet-Cookie: a=b", text.target.controlCharacter],
    ["https://example.com/\u2028x", text.target.controlCharacter],
    ["https://example.com/\ud800", text.target.notUnicode],
    [
      `https://example.com/${"a".repeat(8193 - "https://example.com/".length)}`,
      text.target.tooLong,
    ],
    [`https://example.com/${"\u00fc".repeat(4090)}`, text.target.tooLong],
    [`https://example.com/${"\u044f".repeat(2700)}`, text.target.tooLong],
    [`https://example.com/${"|".repeat(2800)}`, text.target.tooLong],
  ])("may not be %p: %p", (given, message) => {
    expect(() => parse(given)).toThrow(message);
  });

  test("may have another scheme where the setting allows it, but never one that runs in the browser", () => {
    const many = ["https", "mailto", "magnet", "javascript", "data"];
    expect<string>(parse("mailto:a@example.com", many)).toBe("mailto:a@example.com");
    expect<string>(parse("magnet:?xt=urn:x", many)).toBe("magnet:?xt=urn:x");
    for (const text of ["javascript:1", "data:,x", "blob:x", "vbscript:x", "file:///x"]) {
      expect(() => parse(text, [...many, "blob", "vbscript", "file"])).toThrow(SCHEME);
    }
  });

  test("whatever is parsed is an absolute URL of an allowed scheme with a host, and a legal header", () => {
    const text = fc.oneof(
      fc.webUrl({ withQueryParameters: true, withFragments: true }),
      fc.string({ unit: "binary" }).map((tail) => `https://example.com/${tail}`),
      fc.string({ unit: "binary" }),
      fc
        .tuple(fc.constantFrom("http:", "https:", "javascript:", "data:"), fc.string())
        .map((pair) => pair.join("")),
    );
    fc.assert(
      fc.property(text, (raw) => {
        const target = attempt(raw);
        if (target === null) return;
        const url = new URL(target);
        expect(["http:", "https:"]).toContain(url.protocol);
        expect(url.host).not.toBe("");
        expect(target).not.toMatch(/\p{Cc}/u);
        expect(raw).toContain(target.replace(/^https:\/\//, ""));
      }),
      { numRuns: 2000 },
    );
  });
});

test("a long text of any shape is judged in little time", () => {
  const begun = performance.now();
  for (const part of [" ", "\u200b", ".", "\u3002", "a.", ":", "a:", "%", "@"]) {
    expect(() => parse(`a${part.repeat(200_000)}|`)).toThrow();
    expect(() => parse(`https://a${part.repeat(200_000)}|`)).toThrow();
  }
  expect(performance.now() - begun).toBeLessThan(3000);
});

test("a target that was stored before newer rules may be as it was", () => {
  for (const target of [
    `https://example.com/${"\u044f".repeat(2700)}`,
    "https://a.example/ https://b.example/",
    "https://a!b.example/",
    "https://example.com/\u200b",
  ])
    expect<string>(parseTarget(target, { schemes, wasStored: true })).toBe(target);
});

describe("a target that is the link itself", () => {
  const origins = ["https://x.example", "http://localhost:5001"];

  test.each([
    ["https://x.example/me", true],
    ["http://x.example/me", true],
    ["HTTPS://X.EXAMPLE/me?again", true],
    ["https://x.example/./a/../me", true],
    ["https://x.example/%6de", true],
    ["http://localhost:5001/me#part", true],
    ["https://x.example/Me", false],
    ["https://x.example/me/", true],
    ["https://x.example/me.%20", true],
    ["https://x.example/me/you", false],
    ["https://x.example/other", false],
    ["https://y.example/me", false],
    ["http://localhost:5002/me", false],
    ["https://x.example/%ff", false],
  ])("is recognised: %p is one: %p", (target, isItself) => {
    expect(pointsToItself(parse(target), ["me"], origins)).toBe(isItself);
  });
});

function attempt(raw: string): Target | null {
  try {
    return parse(raw);
  } catch (thrown) {
    if (thrown instanceof Problem && thrown.code === "invalid") return null;
    throw thrown;
  }
}
