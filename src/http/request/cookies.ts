import { isStoredCode, type ShortCode } from "../../links/short-code.ts";
import type { Call, Client } from "../call.ts";

/** A cookie's value as the client sent it, or null. Of several of that name the first well-formed counts. */
export function readCookie(request: Request, name: string): string | null {
  const header = request.headers.get("cookie");
  if (header === null) return null;
  for (const pair of header.split(";")) {
    const at = pair.indexOf("=");
    const value = pair.slice(at + 1).trim();
    if (at > 0 && pair.slice(0, at).trim() === name && COOKIE_VALUE.test(value)) return value;
  }
  return null;
}

/** RFC 6265, 4.1.1: printable ASCII but for `"`, `,`, `;` and the backslash. */
const COOKIE_VALUE = /^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]+$/;

/** On https the prefix makes browsers insist on Secure, Path=/ and this very host. */
function cookieName(name: string, isHttps: boolean): string {
  return isHttps ? `__Host-${name}` : name;
}

export function sessionCookieName(isHttps: boolean): string {
  return cookieName("sessionid", isHttps);
}

interface CookieTerms {
  readonly isHttps: boolean;
  /** Null: until the browser closes. */
  readonly maxAgeSeconds: number | null;
}

export function setSessionCookie(headers: Headers, token: string, terms: CookieTerms): void {
  setCookie(headers, sessionCookieName(terms.isHttps), token, terms);
}

export function clearSessionCookie(headers: Headers, { isHttps }: Pick<Client, "isHttps">): void {
  setCookie(headers, sessionCookieName(isHttps), "", { isHttps, maxAgeSeconds: 0 });
}

/** A pass through the gate of a link; empty: none was sent. */
export function readPass({ request, client }: Pick<Call, "request" | "client">, name: string) {
  return readCookie(request, cookieName(name, client.isHttps)) ?? "";
}

/** The cookie of such a pass. */
export function passCookie(
  { client: { isHttps } }: Pick<Call, "client">,
  { name, pass, seconds }: { name: string; pass: string; seconds: number },
): string {
  return cookieText(cookieName(name, isHttps), pass, { isHttps, maxAgeSeconds: seconds });
}

function setCookie(headers: Headers, name: string, value: string, terms: CookieTerms): void {
  headers.append("set-cookie", cookieText(name, value, terms));
}

function cookieText(name: string, value: string, terms: CookieTerms): string {
  const parts = [`${name}=${value}`, "Path=/", "HttpOnly", "SameSite=Lax"];
  if (terms.isHttps) parts.push("Secure");
  if (terms.maxAgeSeconds !== null) parts.push(`Max-Age=${terms.maxAgeSeconds}`);
  return parts.join("; ");
}

/** For 30 days. */
const DISMISSED_SECONDS = 2_592_000;

/** Warnings that a browser remembers as dismissed. */
const MAX_DISMISSED = 20;

function dismissedCookieName(isHttps: boolean): string {
  return cookieName("dismissed", isHttps);
}

/** The keys of the warnings that were dismissed in this browser. */
export function readDismissed({ request, client }: Pick<Call, "request" | "client">): string[] {
  return readCookie(request, dismissedCookieName(client.isHttps))?.split(".") ?? [];
}

/** Remembers that a warning was dismissed in this browser. */
export function addDismissed(
  headers: Headers,
  key: string,
  call: Pick<Call, "request" | "client">,
): void {
  const { isHttps } = call.client;
  const keys = [...new Set([key, ...readDismissed(call)])].slice(0, MAX_DISMISSED);
  const terms = { isHttps, maxAgeSeconds: DISMISSED_SECONDS };
  setCookie(headers, dismissedCookieName(isHttps), keys.join("."), terms);
}

const noticeCodes = [
  "created",
  "became_page",
  "saved",
  "version_restored",
  "deleted",
  "signed_out",
  "share_again",
  "password_changed",
  "session_ended",
  "other_sessions_ended",
  "upload_deleted",
  "links_deleted",
  "links_trashed",
  "links_recovered",
  "links_enabled",
  "links_disabled",
  "links_undone",
  "expiry_set",
  "links_restored",
  "links_given",
  "tags_changed",
  "key_revoked",
  "account_created",
  "account_deleted",
  "signed_out_everywhere",
] as const;
export type NoticeCode = (typeof noticeCodes)[number];

/** The notice that the next page shows once. */
export interface Notice {
  readonly code: NoticeCode;
  /** The link it is about. */
  readonly shortCode?: ShortCode;
  /** How many links it is about. */
  readonly count?: number;
  /** The links that were left out. */
  readonly skipped?: SkippedLinks;
  /** What undoes it: see `Removal.trashedAt` and `Done.undo`. */
  readonly undo?: number;
}

export interface SkippedLinks {
  readonly count: number;
  /** The short codes of some: a notice has to fit into a cookie. */
  readonly codes: readonly ShortCode[];
}

/** Notices with a count. */
const counting: ReadonlySet<NoticeCode> = new Set([
  "links_deleted",
  "links_trashed",
  "links_recovered",
  "links_enabled",
  "links_disabled",
  "links_undone",
  "expiry_set",
  "links_restored",
  "links_given",
  "tags_changed",
] as const);

/** Notices with an undo. */
const undoing: ReadonlySet<NoticeCode> = new Set([
  "links_trashed",
  "links_enabled",
  "links_disabled",
  "expiry_set",
  "links_given",
  "tags_changed",
] as const);

function noticeCookieName(isHttps: boolean): string {
  return cookieName("notice", isHttps);
}

const NOTICE_SECONDS = 60;

export function setNotice(
  headers: Headers,
  notice: Notice,
  { isHttps }: Pick<Client, "isHttps">,
): void {
  const { code, shortCode, count, skipped, undo } = notice;
  const rest = undo ?? (skipped && [skipped.count, ...skipped.codes].join(","));
  const details = [shortCode ?? count, rest];
  const given = details.filter((detail) => detail !== undefined);
  const value = [code, ...given.map(encodeURIComponent)].join(".");
  setCookie(headers, noticeCookieName(isHttps), value, { isHttps, maxAgeSeconds: NOTICE_SECONDS });
}

/** Returns the notice that the previous page left, or null; `headers` then remove its cookie. */
export function takeNotice(
  call: Pick<Call, "request" | "client">,
  headers: Headers,
): Notice | null {
  const { isHttps } = call.client;
  const name = noticeCookieName(isHttps);
  const value = readCookie(call.request, name);
  if (value === null) return null;
  setCookie(headers, name, "", { isHttps, maxAgeSeconds: 0 });
  return parseNotice(value);
}

function parseNotice(value: string): Notice | null {
  const [word, encoded, left, ...more] = value.split(".");
  const code = noticeCodes.find((known) => known === word);
  if (code === undefined || more.length > 0) return null;
  if (encoded === undefined) return { code };
  if (counting.has(code)) {
    if (!isCount(encoded)) return null;
    if (undoing.has(code)) {
      const isMoment = left !== undefined && /^\d{1,15}$/.test(left);
      return { code, count: Number(encoded), ...(isMoment && { undo: Number(left) }) };
    }
    const skipped = parseSkipped(decode(left ?? ""));
    return { code, count: Number(encoded), ...(skipped !== null && { skipped }) };
  }
  const shortCode = decode(encoded);
  return left === undefined && isStoredCode(shortCode) ? { code, shortCode } : null;
}

function isCount(text: string): boolean {
  return /^\d{1,9}$/.test(text);
}

function parseSkipped(text: string): SkippedLinks | null {
  const [count = "", ...codes] = text.split(",");
  return isCount(count) ? { count: Number(count), codes: codes.filter(isStoredCode) } : null;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return "";
  }
}
