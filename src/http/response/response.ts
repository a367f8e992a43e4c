import { locationOf } from "../../links/target/location.ts";
import type { Call } from "../call.ts";
import { safeNext } from "../next-path.ts";
import { href, withQuery } from "../urls.ts";
import { chooseCoding } from "./accept-encoding.ts";
import { type ResponseKind, securityHeaders } from "./security-headers.ts";

/** What any answer needs to know of its request; a whole Call will do. */
export type Asked = Pick<Call, "client" | "settings" | "request">;

export interface AnswerOptions {
  readonly call: Asked;
  readonly status?: number;
  /** Cookies and the like; they cannot weaken the security headers. */
  readonly headers?: Headers;
}

/** A page of ours. It depends on who asks, so nothing may keep it. */
export function page(html: string, options: AnswerOptions): Response {
  return respondWith(html, "page", "text/html; charset=utf-8", options);
}

/** An HTML page of a user that is not cached: a preview, or a document that could not be rendered. */
export function usersPage(
  html: string,
  kind: Extract<ResponseKind, "document" | `${string}_preview`>,
  options: AnswerOptions,
): Response {
  return respondWith(html, kind, "text/html; charset=utf-8", options);
}

export function json(value: unknown, options: AnswerOptions): Response {
  return respondWith(JSON.stringify(value), "json", "application/json", options);
}

/** Bytes that are no text, made for one request. */
export function bytes(
  body: string | Uint8Array<ArrayBuffer>,
  type: string,
  { call, status = 200, headers }: AnswerOptions,
): Response {
  const answered = headersFor("json", call, headers);
  answered.set("content-type", type);
  return new Response(body, { status, headers: answered });
}

/** An answer without a body. */
export function empty({ call, status, headers }: AnswerOptions & { status: 204 | 304 }): Response {
  return new Response(null, { status, headers: headersFor("json", call, headers) });
}

/** Sends a browser on to `location`, a path of ours, after a post (RFC 9110, 15.4.4). */
export function seeOther(
  location: string,
  { call, headers }: Omit<AnswerOptions, "status">,
): Response {
  const answered = headersFor("page", call, headers);
  answered.set("location", locationOf(location));
  return new Response(null, { status: 303, headers: answered });
}

/** To the sign-in page, and from there back to the page that was asked for. */
export function signInRedirect(call: Asked & Pick<Call, "url">): Response {
  const next = safeNext(call.url.pathname + call.url.search);
  return seeOther(withQuery(href("signIn"), { next }), { call });
}

/** Builds a response with the security headers of its kind, compressed if that is worth it. */
export function respondWith(
  body: string,
  kind: ResponseKind,
  type: string,
  options: AnswerOptions,
): Response {
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

/** For responses that are generated each time. */
const MADE_AT_ONCE = ["zstd", "gzip"] as const;

/** A list of fifty links, 30 KB, becomes 4.6 KB by gzip, and 4.3 KB by zstd. */
function compressAtOnce(
  body: string,
  coding: (typeof MADE_AT_ONCE)[number] | null,
): string | Uint8Array<ArrayBuffer> {
  switch (coding) {
    case null:
      return body;
    case "zstd":
      return new Uint8Array(Bun.zstdCompressSync(body, { level: 3 }));
    case "gzip":
      return Bun.gzipSync(body, { level: 2 });
  }
}

function headersFor(kind: ResponseKind, { client, settings }: Asked, own?: Headers): Headers {
  const headers = new Headers(own);
  const secure = securityHeaders(kind, { isHttps: client.isHttps, settings });
  for (const [name, value] of Object.entries(secure)) headers.set(name, value);
  headers.set("cache-control", "no-store");
  return headers;
}
