import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { canonicalUrl, parseHost } from "../../../src/http/request/client.ts";
import { MAX_URL_LENGTH } from "../../../src/http/urls.ts";
import { Problem, type ProblemCode } from "../../../src/problem.ts";

function requestWith(headers: Record<string, string>, url = "http://x.example/links"): Request {
  return new Request(url, { headers });
}

describe("parseHost", () => {
  test.each([
    ["x.example", "x.example"],
    ["X.EXAMPLE:5001", "x.example:5001"],
    ["localhost", "localhost"],
    ["my_box", "my_box"],
    ["x.example.", "x.example."],
    ["xn--bcher-kva.example", "xn--bcher-kva.example"],
    ["192.168.1.5:5001", "192.168.1.5:5001"],
    ["[::1]", "[::1]"],
    ["[2001:DB8::1]:65535", "[2001:db8::1]:65535"],
  ])("reads %p", (header, host) => {
    expect(parseHost(header)).toBe(host);
  });

  test.each([
    [""],
    [" "],
    ["a, b"],
    ["a,b"],
    ["a b"],
    ["a\tb"],
    ["a@b"],
    ["user:pw@b"],
    ["a/b"],
    ["a\\b"],
    ["a?b"],
    ["a#b"],
    ["a%2eb"],
    ["a<b>"],
    ["a;b"],
    ["a'b"],
    [".a"],
    ["a..b"],
    ["."],
    [":80"],
    ["a:"],
    ["a:0"],
    ["a:00"],
    ["a:65536"],
    ["a:99999"],
    ["a:123456"],
    ["a:-1"],
    ["a:+1"],
    ["a:8o"],
    ["a:80:80"],
    ["a:80, b"],
    ["256.1.1.1"],
    ["1.2.3.4.5"],
    ["::1"],
    ["[::1"],
    ["[]"],
    ["[:::1]"],
    ["[fe80::1%25eth0]"],
    ["[127.0.0.1]"],
    ["b\u00fccher.example"],
    ["http://a"],
  ])("refuses %p", (header) => {
    expect(parseHost(header)).toBeNull();
  });
});

test("parseHost takes at most 255 characters", () => {
  const longest = ["a", "b", "c", "d"].map((letter) => letter.repeat(63)).join(".");
  expect(parseHost(longest)).toBe(longest);
  expect(parseHost(`${longest}d`)).toBeNull();
  expect(parseHost("a".repeat(20_000))).toBeNull();
});

describe("canonicalUrl", () => {
  function outcome(request: Request): string | ProblemCode {
    const url = canonicalUrl(request);
    return url instanceof Problem ? url.code : url.pathname + url.search;
  }

  test.each([
    ["/", "/"],
    ["/report", "/report"],
    ["/Report_-9", "/Report_-9"],
    ["/edit_link/report?a=%zz&b=1", "/edit_link/report?a=%zz&b=1"],
    ["/%72eport", "/report"],
    ["/gr%c3%b6%c3%9fe", "/gr%C3%B6%C3%9Fe"],
    ["/gr\u00f6\u00dfe", "/gr%C3%B6%C3%9Fe"],
    ["/a%2562", "/a%2562"],
    ["/a%2fb", "/a%2Fb"],
    ["/a%5cb", "/a%5Cb"],
    ["/a\\b", "/a/b"],
    ["/%252e%252e/a", "/%252e%252e/a"],
    ["/x/%2e%2e/a", "/a"],
    ["/..", "/"],
    ["/a//b", "/a//b"],
    ["//other.example/a", "//other.example/a"],
    ["/a;b=c", "/a%3Bb%3Dc"],
    ["/static/site.1a2b.css", "/static/site.1a2b.css"],
    ["/a#top", "/a"],
    ["/%EF%BF%BD", "/%EF%BF%BD"],
    ["/%00", "not_found"],
    ["/a%00b", "not_found"],
    ["/%", "/%25"],
    ["/%zz", "/%25zz"],
    ["/%ff", "/%EF%BF%BD"],
    ["/%c3", "/%EF%BF%BD"],
    ["/%c0%af", "/%EF%BF%BD%EF%BF%BD"],
    ["/%ed%a0%80", "/%EF%BF%BD%EF%BF%BD%EF%BF%BD"],
    ["/links/%f8", "/links/%EF%BF%BD"],
    ["/abc%A0%20", "/abc%EF%BF%BD%20"],
  ])("%p is %p", (path, expected) => {
    expect(
      outcome(new Request(`http://x.example${path}`, { headers: { host: "x.example" } })),
    ).toBe(expected);
  });

  test("every way to write one path comes to the same, and to itself", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.boolean(), (code, everyByte) => {
        const written = everyByte
          ? [...Buffer.from(code)].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join("")
          : encodeURIComponent(code);
        fc.pre(!code.includes("\0") && !/^\.{1,2}$/.test(code));
        const path = outcome(new Request(`http://x.example/${written}`));
        expect(path).toBe(`/${encodeURIComponent(code)}`);
        expect(outcome(new Request(`http://x.example${path}`))).toBe(path);
      }),
    );
  });

  test("an address longer than 16 KB is refused", () => {
    expect(outcome(new Request(`http://x.example/${"a".repeat(MAX_URL_LENGTH)}`))).toBe(
      "uri_too_long",
    );
    expect(outcome(new Request(`http://x.example/?${"a".repeat(100_000)}`))).toBe("uri_too_long");
  });

  test.each([["a, b"], [""], ["a@b"], ["a:99999"], ["a/b"]])("the host %p is refused", (host) => {
    expect(outcome(requestWith({ host }))).toBe("bad_request");
  });
});
