import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { Settings } from "../../../src/config/settings.ts";
import {
  ignoredForwardedFor,
  readClient,
  settledScheme,
} from "../../../src/http/request/client.ts";
import { settingsWith } from "../asked-call.ts";

function requestWith(headers: Record<string, string>): Request {
  return new Request("http://x.example/links", { headers });
}

function clientOf(
  peerAddress: string | null,
  headers: Record<string, string>,
  settings: Partial<Settings> = {},
) {
  return readClient({
    request: requestWith(headers),
    peerAddress,
    settings: settingsWith(settings),
  });
}

describe("the client's address", () => {
  const networks = ["127.0.0.1", "10.0.0.0/8", "2001:db8:1::/48"];
  const cases: [
    why: string,
    peer: string | null,
    chain: string | null,
    trusted: string[],
    address: string,
  ][] = [
    ["no proxy at all", "203.0.113.9", null, [], "203.0.113.9"],
    ["a claim nobody asked for", "203.0.113.9", "1.1.1.1", [], "203.0.113.9"],
    ["a loopback peer is not trusted by itself", "127.0.0.1", "1.1.1.1", [], "127.0.0.1"],
    ["a peer outside the trusted networks", "203.0.113.9", "1.1.1.1", networks, "203.0.113.9"],
    ["the last untrusted hop", "127.0.0.1", "203.0.113.9", networks, "203.0.113.9"],
    ["a spoofed first entry", "127.0.0.1", "1.1.1.1, 203.0.113.9", networks, "203.0.113.9"],
    [
      "a spoofed trusted entry",
      "127.0.0.1",
      "1.1.1.1, 10.0.0.1, 203.0.113.9",
      networks,
      "203.0.113.9",
    ],
    [
      "trusted hops are skipped",
      "127.0.0.1",
      "203.0.113.9, 10.1.2.3, 10.3.2.1",
      networks,
      "203.0.113.9",
    ],
    ["all hops trusted: the outermost", "127.0.0.1", "10.0.0.7, 10.0.0.8", networks, "10.0.0.7"],
    ["a trusted peer that names nobody", "127.0.0.1", null, networks, "127.0.0.1"],
    ["an empty header", "127.0.0.1", "", networks, "127.0.0.1"],
    ["a trusted IPv6 hop", "127.0.0.1", "203.0.113.9, 2001:db8:1::5", networks, "203.0.113.9"],
    ["a port behind IPv4", "127.0.0.1", "203.0.113.9:55001", networks, "203.0.113.9"],
    ["IPv6 bare", "127.0.0.1", "2001:DB8::0:1", networks, "2001:db8::1"],
    ["IPv6 in brackets", "127.0.0.1", "[2001:db8::1]", networks, "2001:db8::1"],
    ["IPv6 in brackets with a port", "127.0.0.1", "[2001:db8::1]:443", networks, "2001:db8::1"],
    ["IPv6 with a zone", "127.0.0.1", "fe80::1%eth0", networks, "fe80::1"],
    ["v4-mapped, dotted", "127.0.0.1", "::ffff:203.0.113.9", networks, "203.0.113.9"],
    ["v4-mapped, in hex", "127.0.0.1", "[::FFFF:cb00:7109]:80", networks, "203.0.113.9"],
    [
      "a v4-mapped trusted hop",
      "127.0.0.1",
      "203.0.113.9, ::ffff:10.0.0.1",
      networks,
      "203.0.113.9",
    ],
    ["a v4-mapped peer", "::ffff:127.0.0.1", "203.0.113.9", networks, "203.0.113.9"],
    ["a v4-mapped peer without proxies", "::ffff:203.0.113.9", null, [], "203.0.113.9"],
    ["spaces and tabs", "127.0.0.1", " 1.1.1.1 ,\t203.0.113.9 ", networks, "203.0.113.9"],
    ["garbage ends the chain", "127.0.0.1", "1.1.1.1, unknown", networks, "127.0.0.1"],
    [
      "garbage behind a trusted hop",
      "127.0.0.1",
      "1.1.1.1, <script>, 10.0.0.1",
      networks,
      "10.0.0.1",
    ],
    ["an empty entry", "127.0.0.1", "1.1.1.1,,10.0.0.1", networks, "10.0.0.1"],
    ["an obfuscated name", "127.0.0.1", "_hidden", networks, "127.0.0.1"],
    ["a host name", "127.0.0.1", "other.example", networks, "127.0.0.1"],
    ["an octet too large", "127.0.0.1", "203.0.113.256", networks, "127.0.0.1"],
    ["leading zeros", "127.0.0.1", "010.0.0.1", networks, "127.0.0.1"],
    ["a short form", "127.0.0.1", "127.1", networks, "127.0.0.1"],
    ["a port that is none", "127.0.0.1", "203.0.113.9:", networks, "127.0.0.1"],
    ["brackets left open", "127.0.0.1", "[2001:db8::1", networks, "127.0.0.1"],
    ["IPv4 in brackets", "127.0.0.1", "[203.0.113.9]", networks, "127.0.0.1"],
    ["quotes", "127.0.0.1", '"203.0.113.9"', networks, "127.0.0.1"],
    ["one hop", "203.0.113.1", "1.1.1.1, 203.0.113.9", ["1"], "203.0.113.9"],
    ["two hops", "203.0.113.1", "1.1.1.1, 203.0.113.9, 203.0.113.2", ["2"], "203.0.113.9"],
    ["more hops than entries", "203.0.113.1", "203.0.113.9", ["3"], "203.0.113.9"],
    ["no hops", "203.0.113.9", "1.1.1.1", ["0"], "203.0.113.9"],
    ["a unix socket", null, "1.1.1.1, 203.0.113.9", [], "203.0.113.9"],
    ["a unix socket without a proxy's word", null, null, [], "local"],
    ["a unix socket, as Bun may name it", "", "203.0.113.9", [], "203.0.113.9"],
    ["a unix socket with garbage", null, "unknown", [], "local"],
    [
      "a unix socket and trusted networks",
      null,
      "1.1.1.1, 203.0.113.9, 10.0.0.1",
      networks,
      "203.0.113.9",
    ],
    [
      "a unix socket counts as the first hop",
      null,
      "1.1.1.1, 203.0.113.9, 203.0.113.2",
      ["2"],
      "203.0.113.9",
    ],
  ];

  test.each(cases)(
    "%s: peer %p with %p, trusting %p, is %p",
    (_, peer, chain, trusted, address) => {
      const headers: Record<string, string> = chain === null ? {} : { "x-forwarded-for": chain };
      expect(clientOf(peer, headers, { "server.trusted_proxies": trusted }).address).toBe(address);
    },
  );

  test("two X-Forwarded-For headers are one chain", () => {
    const request = requestWith({});
    request.headers.append("x-forwarded-for", "1.1.1.1");
    request.headers.append("x-forwarded-for", "203.0.113.9");
    const client = readClient({ request, peerAddress: null, settings: settingsWith() });
    expect(client.address).toBe("203.0.113.9");
  });

  test("no other header is believed, not even from a trusted proxy", () => {
    const headers = {
      forwarded: "for=1.1.1.1;proto=https;host=other.example",
      "x-real-ip": "1.1.1.1",
      "x-client-ip": "1.1.1.1",
      "x-forwarded-host": "other.example",
      "x-forwarded-port": "8443",
    };
    expect(clientOf("127.0.0.1", headers, { "server.trusted_proxies": networks })).toEqual({
      address: "127.0.0.1",
      isHttps: false,
      isProxied: false,
      origin: "http://x.example",
    });
  });

  test("whatever a stranger claims, the hop that our proxy saw is the client", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme-ascii" }), fc.ipV4(), (claim, seen) => {
        const headers = { "x-forwarded-for": `${claim}, ${seen}` };
        expect(clientOf("203.0.113.1", headers, { "server.trusted_proxies": ["1"] }).address).toBe(
          seen,
        );
      }),
    );
  });
});

describe("https", () => {
  const trusted = { "server.trusted_proxies": ["127.0.0.1"] };
  test.each([
    ["no word", "127.0.0.1", null, trusted, false],
    ["a trusted proxy's word", "127.0.0.1", "https", trusted, true],
    ["in capitals", "127.0.0.1", "HTTPS", trusted, true],
    ["the last of several", "127.0.0.1", "http, https", trusted, true],
    ["not the first of several", "127.0.0.1", "https, http", trusted, false],
    ["something else", "127.0.0.1", "httpsx", trusted, false],
    ["an untrusted peer's word", "203.0.113.9", "https", trusted, false],
    ["an untrusted loopback's word", "127.0.0.1", "https", {}, false],
    ["a unix socket's word", null, "https", {}, true],
    ["public_url", "203.0.113.9", null, { "server.public_url": "https://x.example" }, true],
    [
      "public_url over a proxy's http",
      null,
      "http",
      { "server.public_url": "https://x.example" },
      true,
    ],
    [
      "public_url is http",
      "203.0.113.9",
      "https",
      { "server.public_url": "http://x.example" },
      false,
    ],
  ])("%s", (_, peer, proto, settings, isHttps) => {
    const headers: Record<string, string> = proto === null ? {} : { "x-forwarded-proto": proto };
    expect(clientOf(peer, headers, settings).isHttps).toBe(isHttps);
  });
});

describe("the scheme", () => {
  test.each([
    [false, {}, "http"],
    [true, {}, null],
    [false, { "server.trusted_proxies": ["1"] }, null],
    [true, { "server.public_url": "http://x.example" }, null],
    [true, { "server.public_url": "https://x.example" }, "https"],
    [false, { "server.public_url": "https://x.example", "server.trusted_proxies": ["1"] }, "https"],
  ])(
    "is settled beforehand unless a proxy is believed (unix socket %p): case %#",
    (isUnix, set, scheme) => {
      expect(settledScheme(settingsWith(set), isUnix)).toBe(scheme as "http" | "https" | null);
    },
  );
});

describe("the origin", () => {
  test.each([
    ["x.example", null, "http://x.example"],
    ["X.Example:5001", null, "http://x.example:5001"],
    ["x.example:80", null, "http://x.example"],
    ["x.example:443", "https", "https://x.example"],
    ["[::1]:5001", null, "http://[::1]:5001"],
    ["a, b", null, "http://localhost"],
  ])("asked under the host %p by %p is %p", (host, proto, origin) => {
    const headers: Record<string, string> =
      proto === null ? { host } : { host, "x-forwarded-proto": proto };
    expect(clientOf(null, headers).origin).toBe(origin);
  });

  test("is public_url where that is set", () => {
    const settings = { "server.public_url": "https://x.example:8443" };
    expect(clientOf(null, { host: "other.example" }, settings).origin).toBe(
      "https://x.example:8443",
    );
  });
});

describe("the usual misconfiguration", () => {
  test.each([
    ["127.0.0.1", "1.1.1.1", [], true],
    ["::1", "1.1.1.1", [], true],
    ["::ffff:127.0.0.1", "1.1.1.1", [], true],
    ["127.0.0.1", null, [], false],
    ["127.0.0.1", "1.1.1.1", ["127.0.0.0/8"], false],
    ["127.0.0.1", "1.1.1.1", ["1"], false],
    ["203.0.113.9", "1.1.1.1", [], false],
    [null, "1.1.1.1", [], false],
  ])("peer %p with %p, trusting %p: warned %p", (peerAddress, chain, trusted, warned) => {
    const request = requestWith(chain === null ? {} : { "x-forwarded-for": chain });
    const settings = settingsWith({ "server.trusted_proxies": trusted });
    expect(ignoredForwardedFor({ request, peerAddress, settings })).toBe(warned);
  });
});

describe("a request is held to be proxied", () => {
  const named = { "x-forwarded-for": "203.0.113.9" };
  const rows: [
    why: string,
    peer: string | null,
    headers: Record<string, string>,
    trusted: string[],
    isProxied: boolean,
  ][] = [
    ["by a trusted proxy that names its client", "127.0.0.1", named, ["127.0.0.1"], true],
    ["by the one proxy in front", "203.0.113.1", named, ["1"], true],
    ["by a proxy on a unix socket", null, named, [], true],
    ["not by a peer that nobody trusts", "127.0.0.1", named, [], false],
    ["not by a stranger's word", "203.0.113.1", named, ["127.0.0.1"], false],
    ["not by a trusted peer that names nobody", "127.0.0.1", {}, ["127.0.0.1"], false],
    ["not by whoever asks the socket directly", null, {}, [], false],
  ];

  test.each(rows)("%s", (_, peer, headers, trusted, isProxied) => {
    const settings = { "server.trusted_proxies": trusted };
    expect(clientOf(peer, headers, settings).isProxied).toBe(isProxied);
  });
});
