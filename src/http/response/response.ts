import { STATUS_CODES } from "node:http";
import type { Settings } from "../../config/settings.ts";
import type { Limited, Problem, ProblemCode } from "../../problem.ts";
import type { Call } from "../call.ts";
import { href, safeNext, withQuery } from "../urls.ts";
import { chooseCoding } from "./accept-encoding.ts";

/** The status that answers each kind of failure. */
export const statusOf: Readonly<Record<ProblemCode, number>> = {
  bad_request: 400,
  usage: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  method_not_allowed: 405,
  gone: 410,
  too_large: 413,
  uri_too_long: 414,
  unsupported_type: 415,
  invalid: 422,
  too_many: 429,
  internal: 500,
  not_implemented: 501,
  busy: 503,
  storage_full: 503,
  over_quota: 507,
};

/** Whether it is for the operator to know of, and not only for whoever asked. */
export function isOurs({ code }: Problem): boolean {
  return statusOf[code] >= 500 && code !== "not_implemented" && code !== "over_quota";
}

/** What any answer needs to know of its request; a whole Call will do. */
export type Asked = Pick<Call, "client" | "settings" | "request">;

interface AnswerOptions {
  readonly call: Asked;
  readonly status?: number;
  /** Cookies and the like; they cannot weaken the security headers. */
  readonly headers?: Headers;
}

/** A page of ours. It depends on who asks, so nothing may keep it. */
export function page(html: string, options: AnswerOptions): Response {
  return answer(html, "page", "text/html; charset=utf-8", options);
}

/** A page of a user's that nobody keeps: a preview, or what could not be made a document just now. */
export function usersPage(
  html: string,
  kind: Extract<AnswerKind, "document" | `${string}_preview`>,
  options: AnswerOptions,
): Response {
  return answer(html, kind, "text/html; charset=utf-8", options);
}

export function json(value: unknown, options: AnswerOptions): Response {
  return answer(JSON.stringify(value), "json", "application/json", options);
}

/** Sends a browser on to `location`, a path of ours, after a post (RFC 9110, 15.4.4). */
export function seeOther(
  location: string,
  { call, headers }: Omit<AnswerOptions, "status">,
): Response {
  const answered = headersFor("page", call, headers);
  answered.set("location", locationValue(location));
  return new Response(null, { status: 303, headers: answered });
}

/** To the sign-in page, and from there back to the page that was asked for. */
export function signInRedirect(call: Asked & Pick<Call, "url">): Response {
  const next = safeNext(call.url.pathname + call.url.search);
  return seeOther(withQuery(href("signIn"), { next }), { call });
}

/** A problem for programs: RFC 9457, with the refused fields as `errors`. */
export function problemJson(
  problem: Problem,
  { call, requestId }: { readonly call: Asked; readonly requestId?: string },
): Response {
  const status = statusOf[problem.code];
  const body = {
    type: "about:blank",
    title: STATUS_CODES[status],
    status,
    code: problem.code,
    detail: problem.message,
    ...(Object.keys(problem.fields).length > 0 && { errors: problem.fields }),
    ...(requestId !== undefined && { requestId }),
  };
  const options = { call, status, headers: problemHeaders(problem) };
  return answer(JSON.stringify(body), "json", "application/problem+json", options);
}

/** A problem on a host that has no pages of ours: a line of text. */
export function plainProblem(problem: Problem, { call }: { readonly call: Asked }): Response {
  const options = { call, status: statusOf[problem.code], headers: problemHeaders(problem) };
  return answer(`${problem.message}\n`, "json", "text/plain; charset=utf-8", options);
}

/** The headers a problem brings along, whatever its answer looks like. */
export function problemHeaders(problem: Problem): Headers {
  const headers = new Headers();
  if (problem.retryAfterSeconds !== undefined) {
    const seconds = Math.max(1, Math.ceil(problem.retryAfterSeconds));
    headers.set("retry-after", String(seconds));
    if (problem.limit !== undefined) describeLimit(headers, problem.limit, seconds);
  }
  if (problem.allow !== undefined) headers.set("allow", problem.allow.join(", "));
  // The rest of the body is still on its way: this connection is of no more use.
  if (problem.code === "too_large") headers.set("connection", "close");
  return headers;
}

/** By draft-ietf-httpapi-ratelimit-headers-10: what may be asked for in 60 seconds, and that nothing of it is left. */
function describeLimit(headers: Headers, { name, perMinute }: Limited, seconds: number): void {
  headers.set("ratelimit-policy", `"${name}";q=${perMinute};w=60`);
  headers.set("ratelimit", `"${name}";r=0;t=${seconds}`);
}

function answer(body: string, kind: AnswerKind, type: string, options: AnswerOptions): Response {
  const headers = headersFor(kind, options.call, options.headers);
  headers.set("content-type", type);
  headers.append("vary", "accept-encoding");
  const isWorthIt = body.length > COMPRESSED_ABOVE;
  const coding = isWorthIt ? chooseCoding(options.call.request, MADE_AT_ONCE) : null;
  if (coding !== null) headers.set("content-encoding", coding);
  return new Response(compressAtOnce(body, coding), { status: options.status ?? 200, headers });
}

/** Length from which on a page is sent compressed. No page holds a secret that its size could tell (BREACH). */
export const COMPRESSED_ABOVE = 1024;

/** For what is made anew each time. */
const MADE_AT_ONCE = ["zstd", "gzip"] as const;

/** A list of sixty links, 230 KB, takes a seventh of a millisecond and becomes 14 KB; by zstd, a fifth and 8 KB. */
function compressAtOnce(
  body: string,
  coding: (typeof MADE_AT_ONCE)[number] | null,
): string | Uint8Array<ArrayBuffer> {
  switch (coding) {
    case null:
      return body;
    case "zstd":
      return new Uint8Array(Bun.zstdCompressSync(body, { level: 1 }));
    case "gzip":
      return Bun.gzipSync(body, { level: 2 });
  }
}

function headersFor(kind: AnswerKind, { client, settings }: Asked, own?: Headers): Headers {
  const headers = new Headers(own);
  const secure = securityHeaders(kind, { isHttps: client.isHttps, settings });
  for (const [name, value] of Object.entries(secure)) headers.set(name, value);
  headers.set("cache-control", "no-store");
  return headers;
}

/** A target as a Location header can carry it: ASCII byte for byte, the rest as percent-encoded UTF-8. */
export function locationValue(target: string): string {
  return target.replace(/[^\x20-\x7e]+/g, (run) => encodeURIComponent(run.toWellFormed()));
}

/**
 * What is answered: a page of ours, a file of ours, whatever stands at `/<code>`, a user's file, their PDF, their
 * document, that inside a page of ours, their web page (in a sandbox; inside a page of ours; on a host of its own), or
 * JSON. docs/decisions/0006-where-users-pages-run.md
 */
export type AnswerKind =
  | "page"
  | "static"
  | "link"
  | "file"
  | "pdf"
  | "document"
  | "document_preview"
  | "hosted"
  | "hosted_preview"
  | "hosted_apart"
  | "json";

type HeaderRecord = Readonly<Record<string, string>>;
type KindHeaders = Readonly<Record<AnswerKind, HeaderRecord>>;

const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "media-src 'self'",
  "font-src 'self'",
  "connect-src 'self'",
  "frame-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** A document of a user's, in our layout: it shows pictures and films from anywhere, and runs nothing. */
const documentPolicy = (ancestors: "'none'" | "'self'") =>
  [
    "default-src 'none'",
    "style-src 'self'",
    "img-src 'self' https: data:",
    "media-src 'self' https:",
    "font-src 'self'",
    "form-action 'none'",
    "base-uri 'none'",
    `frame-ancestors ${ancestors}`,
  ].join("; ");

/** A page of a user's runs, and is of no origin: never `allow-same-origin`, with which it would be one of ours. */
const SANDBOX =
  "sandbox allow-scripts allow-forms allow-popups allow-popups-to-escape-sandbox allow-modals allow-downloads";

const DATA_POLICY = "default-src 'none'; frame-ancestors 'none'";

/** A file that is opened by itself runs nothing and is of no origin; a video still plays, from where it came. */
const FILE_POLICY = "default-src 'none'; img-src 'self'; media-src 'self'; sandbox";

/** Browsers show no PDF in a sandbox. Theirs is a viewer of its own, in which no script reaches a page. */
const PDF_POLICY = "script-src 'none'; base-uri 'none'; form-action 'none'";

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

/** What a browser let one page use, it would let those of all users use. */
const HOSTED: HeaderRecord = {
  "x-content-type-options": "nosniff",
  "referrer-policy": "strict-origin-when-cross-origin",
  "permissions-policy": UNUSED_POWERS,
  "cross-origin-resource-policy": "cross-origin",
};

const NOT_INDEXED: HeaderRecord = { "x-robots-tag": "noindex" };

const headersOf: KindHeaders = {
  page: {
    "content-security-policy": PAGE_POLICY,
    "x-content-type-options": "nosniff",
    // Not `no-referrer`: that would make a form of ours post with `Origin: null`.
    "referrer-policy": "same-origin",
    "permissions-policy": UNUSED_POWERS,
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
  },
  static: {
    "content-security-policy": DATA_POLICY,
    "x-content-type-options": "nosniff",
    "cross-origin-resource-policy": "same-origin",
  },
  // No Referrer-Policy: a target is to see where its visitor came from, as without us.
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
  hosted_preview: { ...HOSTED, "content-security-policy": `${SANDBOX}; frame-ancestors 'self'` },
  hosted_apart: { ...HOSTED, "content-security-policy": "frame-ancestors 'none'" },
  json: {
    "content-security-policy": DATA_POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
  },
};

/** Built once for each length of HSTS that was ever set; null stands for http. */
const hidden = new Map<number | null, KindHeaders>();
const indexed = new Map<number | null, KindHeaders>();

/** The security headers of an answer: a frozen object, the same one each time, so the hot path builds none. */
export function securityHeaders(
  kind: AnswerKind,
  { isHttps, settings }: { readonly isHttps: boolean; readonly settings: Settings },
): HeaderRecord {
  const hstsSeconds = isHttps ? settings["server.hsts_seconds"] : null;
  const built = settings["links.indexed"] ? indexed : hidden;
  const known = built.get(hstsSeconds);
  if (known !== undefined) return known[kind];
  const fresh = build(hstsSeconds, settings["links.indexed"]);
  built.set(hstsSeconds, fresh);
  return fresh[kind];
}

function build(hstsSeconds: number | null, isIndexed: boolean): KindHeaders {
  const own = (kind: AnswerKind) => Object.freeze(overTransport(headersOf[kind], hstsSeconds));
  const shared = (kind: AnswerKind) =>
    Object.freeze({ ...own(kind), ...(isIndexed ? {} : NOT_INDEXED) });
  return {
    page: own("page"),
    static: own("static"),
    link: shared("link"),
    file: shared("file"),
    pdf: shared("pdf"),
    document: shared("document"),
    document_preview: own("document_preview"),
    hosted: shared("hosted"),
    hosted_preview: own("hosted_preview"),
    hosted_apart: shared("hosted_apart"),
    json: own("json"),
  };
}

/** Over http browsers keep to no opener policy, and complain of one on every page. */
function overTransport(headers: HeaderRecord, hstsSeconds: number | null): HeaderRecord {
  if (hstsSeconds === null) {
    const { "cross-origin-opener-policy": _, ...kept } = headers;
    return kept;
  }
  if (hstsSeconds === 0) return { ...headers };
  return { ...headers, "strict-transport-security": `max-age=${hstsSeconds}` };
}
