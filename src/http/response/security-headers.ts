import type { Settings } from "../../config/settings.ts";
import { BREAK_OUT_HASH } from "./break-out.ts";

/**
 * Kinds of responses: a page of ours, one around a user's web page, a static file, what redirects from a short code, a
 * user's file, their PDF, their document, that inside a page of ours, their web page (in a sandbox; in the frame around
 * it; as a preview; on a host of its own), or JSON. docs/decisions/0006-html-pages-of-users.md
 */
export type ResponseKind =
  | "page"
  | "page_frame"
  | "static"
  | "link"
  | "file"
  | "pdf"
  | "document"
  | "document_preview"
  | "hosted"
  | "hosted_framed"
  | "hosted_preview"
  | "hosted_apart"
  | "json";

type HeaderRecord = Readonly<Record<string, string>>;
type KindHeaders = Readonly<Record<ResponseKind, HeaderRecord>>;

const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "media-src 'self'",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "frame-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** A page of ours whose only content is a frame, which shows nothing of other sites. */
const FRAME_POLICY = [
  "default-src 'none'",
  `script-src 'self' '${BREAK_OUT_HASH}'`,
  "style-src 'self'",
  "img-src 'self'",
  "frame-src 'self'",
  "form-action 'none'",
  "base-uri 'none'",
  "frame-ancestors 'self'",
].join("; ");

/** A user's document in our layout: images and media from anywhere, no scripts. Https pages load none by http. */
const documentPolicy = (ancestors: "'none'" | "'self'", schemes = "https:") =>
  [
    "default-src 'none'",
    "style-src 'self'",
    `img-src 'self' ${schemes} data:`,
    `media-src 'self' ${schemes}`,
    "font-src 'self'",
    "form-action 'none'",
    "base-uri 'none'",
    `frame-ancestors ${ancestors}`,
  ].join("; ");

/** A user's page may run scripts in an opaque origin: never `allow-same-origin`, which would make it one of ours. */
const SANDBOX_FLAGS =
  "allow-scripts allow-forms allow-popups allow-popups-to-escape-sandbox allow-modals allow-downloads";

const SANDBOX = `sandbox ${SANDBOX_FLAGS}`;

/** In our frame, a click may also open another page in its place. */
export const FRAMED_FLAGS = `${SANDBOX_FLAGS} allow-top-navigation-by-user-activation`;

const DATA_POLICY = "default-src 'none'; frame-ancestors 'none'";

/** A file opened by itself runs nothing and has an opaque origin; a video still plays. */
const FILE_POLICY =
  "default-src 'none'; img-src 'self'; media-src 'self'; sandbox; frame-ancestors 'self'";

/** Browsers show no PDF in a sandbox. Their viewer is isolated, and no script in it reaches a page. */
const PDF_POLICY = "script-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'";

const UNUSED_POWERS = [
  "accelerometer",
  "browsing-topics",
  "camera",
  "display-capture",
  "geolocation",
  "gyroscope",
  "magnetometer",
  "microphone",
  "midi",
  "payment",
  "usb",
]
  .map((power) => `${power}=()`)
  .join(", ");

const DOCUMENT: HeaderRecord = {
  "x-content-type-options": "nosniff",
  "referrer-policy": "same-origin",
  "permissions-policy": UNUSED_POWERS,
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "cross-origin",
};

/** A permission that a browser grants one hosted page would hold for those of all users. */
const HOSTED: HeaderRecord = {
  "x-content-type-options": "nosniff",
  "referrer-policy": "strict-origin-when-cross-origin",
  "permissions-policy": UNUSED_POWERS,
  "cross-origin-resource-policy": "cross-origin",
};

/** The headers of each kind over https, without HSTS. */
const headersOf: KindHeaders = {
  page: {
    "content-security-policy": PAGE_POLICY,
    "x-content-type-options": "nosniff",
    // Not `no-referrer`: our forms would post with `Origin: null`.
    "referrer-policy": "same-origin",
    "permissions-policy": UNUSED_POWERS,
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
  },
  page_frame: {
    "content-security-policy": FRAME_POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    // Also for the frame, which has no origin, and for windows that it opens.
    "cross-origin-opener-policy": "same-origin-allow-popups",
    "permissions-policy": UNUSED_POWERS,
    "cross-origin-resource-policy": "same-origin",
  },
  static: {
    "content-security-policy": DATA_POLICY,
    "x-content-type-options": "nosniff",
    "cross-origin-resource-policy": "same-origin",
  },
  // No Referrer-Policy: the destination sees the referrer as it would without us.
  link: {
    "x-content-type-options": "nosniff",
    "cross-origin-resource-policy": "cross-origin",
  },
  file: {
    "content-security-policy": FILE_POLICY,
    "x-content-type-options": "nosniff",
    "cross-origin-resource-policy": "cross-origin",
  },
  pdf: {
    "content-security-policy": PDF_POLICY,
    "x-content-type-options": "nosniff",
    "cross-origin-resource-policy": "cross-origin",
  },
  document: { ...DOCUMENT, "content-security-policy": documentPolicy("'none'") },
  document_preview: { ...DOCUMENT, "content-security-policy": documentPolicy("'self'") },
  hosted: { ...HOSTED, "content-security-policy": `${SANDBOX}; frame-ancestors 'none'` },
  hosted_framed: {
    ...HOSTED,
    "content-security-policy": `sandbox ${FRAMED_FLAGS}; frame-ancestors 'self'`,
  },
  hosted_preview: { ...HOSTED, "content-security-policy": `${SANDBOX}; frame-ancestors 'self'` },
  hosted_apart: { ...HOSTED, "content-security-policy": "frame-ancestors 'none'" },
  json: {
    "content-security-policy": DATA_POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
  },
};

const ANY_HTTP = "http: https:";

/** What differs over http, in a home network: documents may load images by http, too. */
const overHttp: Partial<KindHeaders> = {
  document: { ...DOCUMENT, "content-security-policy": documentPolicy("'none'", ANY_HTTP) },
  document_preview: { ...DOCUMENT, "content-security-policy": documentPolicy("'self'", ANY_HTTP) },
};

/** Kinds that search engines may index where `links.indexed` is on. */
const indexable: readonly ResponseKind[] = [
  "link",
  "file",
  "pdf",
  "document",
  "page_frame",
  "hosted",
  "hosted_framed",
  "hosted_apart",
];

/** Built once for each `Strict-Transport-Security`; null stands for http. */
const hidden = new Map<string | null, KindHeaders>();
const indexed = new Map<string | null, KindHeaders>();

/** Those of the settings of the last response, which rarely change. */
let current: { settings: Settings; http: KindHeaders; https: KindHeaders } | null = null;

/** The value of `Strict-Transport-Security`; empty: the header is not sent. */
export function hstsOf(settings: Settings): string {
  const seconds = settings["server.hsts_seconds"];
  if (seconds === 0) return "";
  return `max-age=${seconds}${settings["server.hsts_subdomains"] ? "; includeSubDomains" : ""}`;
}

/** The headers with which also pages of `hosts`, sources of a policy, may show the response in a frame. */
export function letEmbed(headers: HeaderRecord, hosts: string): HeaderRecord {
  if (hosts === "") return headers;
  const policy = headers["content-security-policy"] ?? "";
  return { ...headers, "content-security-policy": policy.replace(ANCESTORS, widened(hosts)) };
}

const ANCESTORS = /(; |^)frame-ancestors '(none|self)'/;

/** Without the directive for all: no source of one allows a page in a sandbox, such as a user's HTML page. */
const widened = (hosts: string) => (_: string, before: string, own: string) => {
  if (hosts === "*" && before !== "") return "";
  return `${before}frame-ancestors ${own === "self" ? "'self' " : ""}${hosts}`;
};

/** Returns the security headers of a response: the same frozen object each time, so that a redirect builds none. */
export function securityHeaders(
  kind: ResponseKind,
  { isHttps, settings }: { readonly isHttps: boolean; readonly settings: Settings },
): HeaderRecord {
  if (current?.settings !== settings) {
    const https = builtWith(hstsOf(settings), settings);
    current = { settings, http: builtWith(null, settings), https };
  }
  return (isHttps ? current.https : current.http)[kind];
}

function builtWith(hsts: string | null, settings: Settings): KindHeaders {
  const isIndexed = settings["links.indexed"];
  const built = isIndexed ? indexed : hidden;
  const known = built.get(hsts);
  if (known !== undefined) return known;
  const fresh = build(hsts, isIndexed);
  built.set(hsts, fresh);
  return fresh;
}

function build(hsts: string | null, isIndexed: boolean): KindHeaders {
  const known = hsts === null ? { ...headersOf, ...overHttp } : headersOf;
  const rows = Object.entries(known).map(([kind, headers]) => {
    const isHidden = !isIndexed && indexable.includes(kind as ResponseKind);
    const robots = isHidden ? { "x-robots-tag": "noindex" } : {};
    return [kind, Object.freeze({ ...overTransport(headers, hsts), ...robots })];
  });
  return Object.fromEntries(rows);
}

/** Over http browsers ignore an opener policy and log a warning about it on every page. */
function overTransport(headers: HeaderRecord, hsts: string | null): HeaderRecord {
  if (hsts === null) {
    const { "cross-origin-opener-policy": _, ...kept } = headers;
    return kept;
  }
  return hsts === "" ? headers : { ...headers, "strict-transport-security": hsts };
}
