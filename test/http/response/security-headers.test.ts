import { expect, test } from "bun:test";
import { type ResponseKind, securityHeaders } from "../../../src/http/response/security-headers.ts";
import { settingsWith } from "../asked-call.ts";

const settings = settingsWith();
const kinds: ResponseKind[] = ["page", "static", "link", "file", "pdf", "json"];

const PAGE =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self'; font-src 'self'; connect-src 'self'; manifest-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
const DATA = "default-src 'none'; frame-ancestors 'none'";
const DOCUMENT =
  "default-src 'none'; style-src 'self'; img-src 'self' https: data:; media-src 'self' https:; font-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors";
const SANDBOX =
  "sandbox allow-scripts allow-forms allow-popups allow-popups-to-escape-sandbox allow-modals allow-downloads; frame-ancestors";

const opener = { "cross-origin-opener-policy": "same-origin" };
const powers = { "permissions-policy": expect.stringContaining("camera=(), ") };
const hidden = { "x-robots-tag": "noindex" };
const referrer = (policy: string) => ({ "referrer-policy": policy });

type Row = [ResponseKind, csp: string | null, embeddedBy: string, others: Record<string, unknown>];
const rows: Row[] = [
  ["page", PAGE, "same-origin", { ...opener, ...powers, ...referrer("same-origin") }],
  ["static", DATA, "same-origin", {}],
  ["link", null, "cross-origin", hidden],
  [
    "file",
    "default-src 'none'; img-src 'self'; media-src 'self'; sandbox; frame-ancestors 'self'",
    "cross-origin",
    hidden,
  ],
  [
    "pdf",
    "script-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'",
    "cross-origin",
    hidden,
  ],
  [
    "document",
    `${DOCUMENT} 'none'`,
    "cross-origin",
    { ...opener, ...powers, ...referrer("same-origin"), ...hidden },
  ],
  [
    "document_preview",
    `${DOCUMENT} 'self'`,
    "cross-origin",
    { ...opener, ...powers, ...referrer("same-origin") },
  ],
  [
    "hosted",
    `${SANDBOX} 'none'`,
    "cross-origin",
    { ...powers, ...referrer("strict-origin-when-cross-origin"), ...hidden },
  ],
  [
    "hosted_preview",
    `${SANDBOX} 'self'`,
    "cross-origin",
    { ...powers, ...referrer("strict-origin-when-cross-origin") },
  ],
  [
    "hosted_apart",
    "frame-ancestors 'none'",
    "cross-origin",
    { ...powers, ...referrer("strict-origin-when-cross-origin"), ...hidden },
  ],
  ["json", DATA, "same-origin", referrer("no-referrer")],
];

test.each(rows)("sends exactly the headers of kind %p", (kind, csp, embeddedBy, others) => {
  expect(securityHeaders(kind, { isHttps: true, settings })).toEqual({
    "x-content-type-options": "nosniff",
    "strict-transport-security": "max-age=31536000",
    "cross-origin-resource-policy": embeddedBy,
    ...(csp !== null && { "content-security-policy": csp }),
    ...others,
  });
});

test("sends no opener policy over http", () => {
  const headers = securityHeaders("page", { isHttps: false, settings });
  expect(headers["cross-origin-opener-policy"]).toBeUndefined();
});

test.each(["document", "document_preview"] as const)(
  "lets a %s load images and media by http on an http site only",
  (kind) => {
    const policyOf = (isHttps: boolean) =>
      securityHeaders(kind, { isHttps, settings })["content-security-policy"];
    expect(policyOf(false)).toContain("img-src 'self' http: https: data:;");
    expect(policyOf(false)).toContain("media-src 'self' http: https:;");
    expect(policyOf(true)).not.toContain("http:");
  },
);

test("allows nothing unsafe and forbids sniffing everywhere", () => {
  for (const kind of kinds) {
    const headers = securityHeaders(kind, { isHttps: false, settings });
    expect(headers["content-security-policy"] ?? "").not.toContain("unsafe");
    expect(headers["x-content-type-options"]).toBe("nosniff");
    expect(headers["access-control-allow-origin"]).toBeUndefined();
  }
});

test("lets other sites embed only what a short code serves", () => {
  const policies = kinds.map(
    (kind) => securityHeaders(kind, { isHttps: false, settings })["cross-origin-resource-policy"],
  );
  const [own, any] = ["same-origin", "cross-origin"];
  expect(policies).toEqual([own, own, any, any, any, own]);
});

test.each([
  [true, 63_072_000, false, "max-age=63072000"],
  [true, 300, true, "max-age=300; includeSubDomains"],
  [true, 0, true, undefined],
  [false, 63_072_000, true, undefined],
])(
  "sends HSTS only over https and as set: https %p, %p s, subdomains %p, %p",
  (isHttps, seconds, hasSubdomains, expected) => {
    const set = settingsWith({
      "server.hsts_seconds": seconds,
      "server.hsts_subdomains": hasSubdomains,
    });
    for (const kind of kinds) {
      expect(securityHeaders(kind, { isHttps, settings: set })["strict-transport-security"]).toBe(
        expected,
      );
    }
  },
);

test.each([
  [false, "noindex"],
  [true, undefined],
])("keeps links out of search engines unless links.indexed is %p", (isIndexed, robots) => {
  const set = settingsWith({ "links.indexed": isIndexed });
  const read = (kind: ResponseKind) => securityHeaders(kind, { isHttps: true, settings: set });
  expect(read("link")["x-robots-tag"]).toBe(robots);
  expect(read("page")["x-robots-tag"]).toBeUndefined();
});

test("returns one frozen object for all responses", () => {
  const first = securityHeaders("link", { isHttps: true, settings });
  expect(securityHeaders("link", { isHttps: true, settings: settingsWith() })).toBe(first);
  expect(Object.isFrozen(first)).toBe(true);
});
