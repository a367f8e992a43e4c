import { hash } from "node:crypto";
import type { Call } from "../../http/call.ts";
import { Problem } from "../../problem.ts";
import { text } from "../text.en.ts";
import { parameterField } from "./pointer.ts";

/** Characters of the mark that binds a cursor to its list. */
const MARK_LENGTH = 12;

/** A cursor for clients, which is of no use with other parameters than those of `view`. */
export function sealCursor(cursor: string, view: object): string {
  return markOf(cursor, view) + cursor;
}

/**
 * The cursor that `sealCursor` has sealed.
 * @throws Problem `bad_request` for one of another list
 */
export function openCursor(sealed: string, view: object): string {
  const cursor = sealed.slice(MARK_LENGTH);
  if (sealed === sealCursor(cursor, view)) return cursor;
  const message = text.query.badCursor;
  throw new Problem("bad_request", message, { fields: { [parameterField("after")]: message } });
}

function markOf(cursor: string, view: object): string {
  const entries = Object.entries(view).filter(([, value]) => value !== undefined);
  const whole = JSON.stringify([cursor, entries.sort(([a], [b]) => (a < b ? -1 : 1))]);
  return hash("sha256", whole, "base64url").slice(0, MARK_LENGTH);
}

/** The header with the URL of the next page (RFC 8288). */
export function nextHeaders(
  { url, client }: Pick<Call, "url" | "client">,
  next: string | null,
): Headers {
  const headers = new Headers();
  if (next === null) return headers;
  const query = new URLSearchParams(url.searchParams);
  query.set("after", next);
  headers.set("link", `<${client.origin}${url.pathname}?${query}>; rel="next"`);
  return headers;
}
