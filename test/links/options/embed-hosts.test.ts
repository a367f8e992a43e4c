import { describe, expect, test } from "bun:test";
import { embedHostsFrom, parseEmbedHosts } from "../../../src/links/options/embed-hosts.ts";
import { Problem } from "../../../src/problem.ts";

function refusalOf(given: string, mayBeAny = true): string {
  try {
    return `accepted: ${parseEmbedHosts(given, mayBeAny)}`;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return Object.keys(error.fields ?? {}).join();
  }
}

describe("websites that may embed a link", () => {
  const accepted: readonly (readonly [given: string, kept: string])[] = [
    ["", ""],
    [" \n", ""],
    ["https://blog.example", "https://blog.example"],
    ["https://blog.example/", "https://blog.example"],
    ["HTTPS://Blog.Example", "https://blog.example"],
    ["https://*.example.org", "https://*.example.org"],
    ["https://blog.example:8443", "https://blog.example:8443"],
    ["https://blog.example:443", "https://blog.example"],
    [
      "https://a.example,\r\nhttps://b.example  https://a.example",
      "https://a.example https://b.example",
    ],
    ["https://bücher.example", "https://xn--bcher-kva.example"],
    ["https://192.168.1.5", "https://192.168.1.5"],
    ["http://localhost:3000", "http://localhost:3000"],
    ["http://wiki.localhost", "http://wiki.localhost"],
    ["http://127.0.0.1:8080", "http://127.0.0.1:8080"],
    ["*", "*"],
    ["https://a.example *", "*"],
  ];
  test.each(accepted)("%j is kept as %j", (given, kept) => {
    expect(parseEmbedHosts(given, true)).toBe(kept as never);
  });

  const refused = [
    "blog.example",
    "//blog.example",
    "http://blog.example",
    "http://localhost.example",
    "http://*.example",
    "ftp://blog.example",
    "javascript:alert(1)",
    "https:",
    "https://",
    "https://*",
    "https://*.",
    "https://*.*.example",
    "https://a.*.example",
    "https://*a.example",
    "https://blog.example/path",
    "https://blog.example/*",
    "https://blog.example?a=1",
    "https://blog.example#a",
    "https://blog.example:*",
    "https://blog.example:99999",
    "https://user@blog.example",
    "https://user:word@blog.example",
    "https://blog.example;script-src",
    "https://blog.example'self'",
    "'self'",
    "'none'",
    "data:",
    "https:// blog.example",
    "https://[::1]",
    "https://blog.example\\a",
    "https://blog%2eexample%0d%0ax",
    "https://\u0000blog.example",
    Array.from({ length: 21 }, (_, at) => `https://${at}.example`).join(" "),
    `https://${"a".repeat(63)}.${"b".repeat(2000)}.example`,
    Array.from({ length: 20 }, (_, at) => `https://${at}.${"a".repeat(60)}.example`).join(" "),
  ];
  test.each(refused)("%j is refused", (given) => {
    expect(refusalOf(given)).toBe("embed_hosts");
  });

  test("are every one only where that is allowed", () => {
    expect(refusalOf("*", false)).toBe("embed_hosts");
    expect(refusalOf("https://*.example", false)).toBe("accepted: https://*.example");
  });

  test("are those of before for links that say nothing", () => {
    expect(embedHostsFrom("file", null)).toBe("*" as never);
    expect(embedHostsFrom("file", "" as never)).toBe("" as never);
    expect(embedHostsFrom("html", null)).toBe("" as never);
    expect(embedHostsFrom("redirect", "https://a.example" as never)).toBe("" as never);
  });
});
