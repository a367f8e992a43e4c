/** What clients read in the Location of every destination that a link can have. */
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { locationOf } from "../../../src/links/target/location.ts";
import { MAX_TARGET_BYTES, parseTarget } from "../../../src/links/target/target.ts";
import { Problem } from "../../../src/problem.ts";
import { leaveOut } from "../../left-out.ts";

/** RFC 3986, appendix A, for URIs with a host. */
const PCHAR = "(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})";
const RFC_3986 = new RegExp(
  [
    "^[A-Za-z][A-Za-z0-9+.-]*://",
    "(?:(?:[A-Za-z0-9._~!$&'()*+,;=:-]|%[0-9A-Fa-f]{2})*@)?",
    "(?:\\[[0-9A-Fa-f:.]+\\]|(?:[A-Za-z0-9._~!$&'()*+,;=-]|%[0-9A-Fa-f]{2})+)(?::[0-9]*)?",
    `(?:/${PCHAR}*)*(?:\\?(?:${PCHAR}|[/?])*)?(?:#(?:${PCHAR}|[/?])*)?$`,
  ].join(""),
);

describe("the Location of a destination", () => {
  test.each([
    ["https://example.com", "https://example.com"],
    ["HTTPS://Example.COM/A?b=c&d=%20#e", "HTTPS://Example.COM/A?b=c&d=%20#e"],
    ["https://user:secret@example.com:8080/", "https://user:secret@example.com:8080/"],
    ["http://[2001:db8::1]:8080/x", "http://[2001:db8::1]:8080/x"],
    ["mailto:a@example.com?subject=Hello", "mailto:a@example.com?subject=Hello"],
    ["https://example.com/a/../b/./c", "https://example.com/a/../b/./c"],
    ["/auth/login?next=%2Fadd", "/auth/login?next=%2Fadd"],
  ])("is %p as it was entered", (destination, location) => {
    expect<string>(locationOf(destination)).toBe(location);
  });

  test.each([
    ["https://z\u00fcrich.example/", "https://xn--zrich-kva.example/"],
    ["https://Z\u00dcRICH.Example:8080/\u00e4", "https://xn--zrich-kva.example:8080/%C3%A4"],
    [
      "https://u:p@\u043f\u0440\u0438\u043c\u0435\u0440.\u0440\u0444/",
      "https://u:p@xn--e1afmkfd.xn--p1ai/",
    ],
    ["https://\u{1f600}.example/?q=\u{1f600}", "https://xn--e28h.example/?q=%F0%9F%98%80"],
    ["https://\u4f8b\u3048\u3002jp/", "https://xn--r8jz45g.jp/"],
    ["https://www\uff0eexample\uff61com/", "https://www.example.com/"],
  ])("has the host of %p in punycode: %p", (destination, location) => {
    expect<string>(locationOf(destination)).toBe(location);
  });

  test.each([
    ["http://host.example/a b", "http://host.example/a%20b"],
    ["https://host.example/{a}|b^`", "https://host.example/%7Ba%7D%7Cb%5E%60"],
    ['https://host.example/"<a>"', "https://host.example/%22%3Ca%3E%22"],
    ["https://host.example/a\\b?c\\d", "https://host.example/a/b?c%5Cd"],
    ["https://host.example/?a[]=1&b[x]=2", "https://host.example/?a%5B%5D=1&b%5Bx%5D=2"],
    ["https://host.example/100%/%zz/%2", "https://host.example/100%25/%25zz/%252"],
    ["https://host.example/%41%2fb", "https://host.example/%41%2fb"],
    ["https://host.example/#a#b", "https://host.example/#a%23b"],
    ["https://host.example/a/%2E%2e/b", "https://host.example/b"],
    ["https://us er:x:y@host.example/", "https://us%20er:x%3Ay@host.example/"],
    ["https://host.example/a\u0001\u007f", "https://host.example/a%01%7F"],
    ["https://host.example/\ud800x", "https://host.example/%EF%BF%BDx"],
    ["mailto:\u00fc@example.com?subject=a b", "mailto:%C3%BC@example.com?subject=a%20b"],
    ["magnet:?xt[]=urn:x", "magnet:?xt%5B%5D=urn:x"],
    ["/links?q=a b|\u00fc", "/links?q=a%20b%7C%C3%BC"],
  ])("is a valid URI for %p: %p", (destination, location) => {
    expect<string>(locationOf(destination)).toBe(location);
  });

  test("is always a valid header of ASCII, and its own Location", () => {
    fc.assert(
      fc.property(fc.oneof(anyText(), anyAddress()), (destination) => {
        const location = locationOf(destination);
        expect(location).toMatch(/^[\x21-\x7e]*$/);
        if (URL.canParse(destination)) expect(locationOf(location)).toBe(location);
      }),
      { numRuns: 2000 },
    );
  });

  test("takes little time for a destination of any shape", () => {
    const hostile = ["a@", "%", "%4", ":", "[", "/..", "?", "#", "."].map((part) =>
      part.repeat(4000),
    );
    const begun = performance.now();
    for (const tail of hostile) locationOf(`https://${tail}`);
    expect(performance.now() - begun).toBeLessThan(2000);
  });
});

describe("every accepted destination", () => {
  const accepted = [...new Set([...fc.sample(anyAddress(), 5000), ...odd()].flatMap(acceptedFrom))];
  const locations = accepted.map(locationOf);

  test("there are many of them", () => {
    expect(accepted.length).toBeGreaterThan(1000);
  });

  test("is a URI of RFC 3986 that browsers read as the destination", () => {
    for (const [at, location] of locations.entries()) {
      expect(location).toMatch(RFC_3986);
      expect(location.length).toBeLessThanOrEqual(MAX_TARGET_BYTES);
      expect(decoded(new URL(location).href)).toBe(decoded(new URL(accepted[at] ?? "").href));
    }
  });

  test.skipIf(!isInstalled("node"))("is read by Node as the destination", async () => {
    const script = `const read = JSON.parse(require("fs").readFileSync(0));
      console.log(JSON.stringify(read.map((pair) => pair.map((url) => new URL(url).href))));`;
    const pairs = accepted.map((destination, at) => [destination, locations[at]]);
    const read: [string, string][] = JSON.parse(
      await run(["node", "-e", script], JSON.stringify(pairs)),
    );
    expect(read).toHaveLength(accepted.length);
    for (const [destination, location] of read)
      expect(decoded(location)).toBe(decoded(destination));
  });

  test.skipIf(!isInstalled("curl"))("is read by curl as the destination", async () => {
    using server = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      fetch: ({ url }) =>
        new Response(null, {
          status: 302,
          headers: { location: locations[Number(new URL(url).pathname.slice(1))] ?? "" },
        }),
    });
    const config = accepted.map((_, at) => `url = "http://127.0.0.1:${server.port}/${at}"`);
    const command = ["curl", "-s", "--noproxy", "*", "-w", "%{redirect_url}\\n", "-K", "-"];
    const read = (await run(command, config.join("\n"))).split("\n").slice(0, -1);
    expect(read).toHaveLength(accepted.length);
    for (const [at, url] of read.entries())
      expect(withoutEmpty(url)).toBe(withoutEmpty(locations[at] ?? ""));
  });
});

/** A URL with what only a URI has to encode written in one way. */
function decoded(url: string): string {
  return url.replace(/%(?:2[235]|3[CE]|5[BCDE]|60|7[BCD])/gi, decodeURIComponent);
}

/** A URL without an empty query or fragment: curl drops them. */
function withoutEmpty(url: string): string {
  return new URL(url).href.replace(/#$/, "").replace(/\?(?=#|$)/g, "");
}

function acceptedFrom(address: string): string[] {
  try {
    return [parseTarget(address, { schemes: ["http", "https"] })];
  } catch (thrown) {
    if (thrown instanceof Problem && thrown.code === "invalid") return [];
    throw thrown;
  }
}

function anyText() {
  return fc.string({ unit: "binary" });
}

function anyAddress() {
  const host = fc.oneof(
    fc.domain(),
    fc.constantFrom("127.0.0.1", "[::1]", "0x7f.1", "localhost", "a_b.example", "EXAMPLE.com."),
    fc.array(fc.constantFrom(...letters), { minLength: 1, maxLength: 8 }).map(asHost),
    fc.string({ maxLength: 8 }),
  );
  const user = fc.oneof(
    fc.constant(""),
    fc.string({ maxLength: 6 }).map((name) => `${name}@`),
  );
  const port = fc.constantFrom("", "", ":80", ":443", ":08080", ":", ":0", ":70000");
  const piece = fc.oneof(
    fc.string({ unit: "grapheme" }),
    fc.string({ unit: "binary" }),
    fc.constantFrom("/", "/../", "/%2e%2E/", "?", "#", "%", "%41", "[]", "\\", "a b", "'", '"'),
  );
  const tail = fc.array(piece, { maxLength: 5 }).map((pieces) => `/${pieces.join("")}`);
  const scheme = fc.constantFrom("http://", "https://", "HTTPS://", "");
  return fc.tuple(scheme, user, host, port, tail).map((parts) => parts.join(""));
}

/** Letters of hosts. Which rarer ones are allowed depends on the Unicode version of each client. */
const letters = [..."aZ0-\u00fc\u00dc\u00df\u0444\u0416\u4f8b\u3048\u03c3\u{1f600}\uff41\ufb01"];

function asHost(letters: readonly string[]): string {
  return `${letters.join("")}\u3002example`;
}

function odd(): string[] {
  return [
    "https://example.com",
    "https://example.com?a#b",
    "https://\u4f8b\u3048.jp/\u9053?q=\u00fc",
    'https://example.com/a b|c{d}"<e>`\\f',
    `https://example.com/${"\u044f".repeat(1300)}`,
  ];
}

function isInstalled(program: string): boolean {
  if (Bun.which(program) !== null) return true;
  leaveOut(`Location as ${program} reads it`, `${program} is not installed`);
  return false;
}

async function run(command: readonly string[], input: string): Promise<string> {
  const process = Bun.spawn([...command], { stdin: new Blob([input]), stdout: "pipe" });
  return await new Response(process.stdout).text();
}
