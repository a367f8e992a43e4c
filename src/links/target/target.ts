import { forbiddenSchemes } from "../../config/values/addresses.ts";
import { invalid, type Problem } from "../../problem.ts";
import { formatAlternatives } from "../../text/format.ts";
import { codesBeforeMore } from "../short-code.ts";
import { text as texts } from "../text.en.ts";
import { locationOf } from "./location.ts";

declare const brand: unique symbol;

/** The absolute URL of a redirect, as it was entered. */
export type Target = string & { readonly [brand]: "Target" };

/** Most bytes of a destination: in UTF-8, and as a URI in the Location header. */
export const MAX_TARGET_BYTES = 8192;

const CONTROL = /[\p{Cc}\u2028\u2029]/u;
const WEB = /^https?:\/\/[^/\\?#]/i;

/** White space and characters of no width, which are copied along with an address. */
const UNSEEN = /[\s\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]/;

const SCHEME = /^([a-z][a-z0-9+.-]*):/i;
const SECOND_ADDRESS = /\s(?:https?:\/\/|www\.)/i;

/** A host with a dot, or `localhost`, and maybe a port; no scheme, no user name. */
const LABEL = "[^\\s/?#@:\\\\.\\u3002\\uff0e\\uff61]+";
const HOST_FIRST = new RegExp(
  `^(?:localhost|${LABEL}(?:[.\\u3002\\uff0e\\uff61]${LABEL})+\\.?)(?::\\d+)?(?:[/?#]|$)`,
  "i",
);

/** Hosts as all clients accept them. */
const HOST = /^(?:[\w.-]+|\[[0-9a-f:.]+\])$/i;
const PORT = /^([a-z][a-z0-9+.-]*:[/\\]{2}[^/\\?#]*):[^\]:/\\?#]*/i;

/** What a target is checked against. */
export interface TargetRules {
  /** Lower-case scheme names that are allowed. */
  readonly schemes: readonly string[];
  /** Whether the target was stored before: rules that are newer than stored links do not hold for it. */
  readonly wasStored?: boolean;
}

/**
 * Parses the target of a redirect with the WHATWG URL parser, as browsers do. Where a new one begins with its host,
 * https is added.
 * @throws Problem `invalid` on `target`
 */
export function parseTarget(raw: string, rules: TargetRules): Target {
  const text = rules.wasStored ? raw.trim() : completed(visiblePartOf(raw), rules);
  if (text === "") throw refused(texts.target.missing);
  if (!rules.wasStored && isWeb(text) && SECOND_ADDRESS.test(text))
    throw refused(texts.target.severalAddresses);
  if (CONTROL.test(text)) throw refused(texts.target.controlCharacter);
  if (!text.isWellFormed()) throw refused(texts.target.notUnicode);
  requireLength(text);
  requireScheme(text, rules.schemes);
  const url = URL.parse(text);
  if (url === null) throw refused(whyUnreadable(text));
  if (rules.wasStored) return text as Target;
  if (isWeb(text)) requireReachable(url);
  requireLength(locationOf(text));
  return text as Target;
}

function visiblePartOf(raw: string): string {
  let [start, end] = [0, raw.length];
  while (start < end && UNSEEN.test(raw.charAt(start))) start++;
  while (end > start && UNSEEN.test(raw.charAt(end - 1))) end--;
  return raw.slice(start, end);
}

/** `example.org/abc` as `https://example.org/abc`. */
function completed(text: string, { schemes }: TargetRules): string {
  const scheme = SCHEME.exec(text)?.[1]?.toLowerCase();
  if (scheme !== undefined && (schemes.includes(scheme) || forbiddenSchemes.has(scheme)))
    return text;
  return beginsWithHost(text) ? `https://${text}` : text;
}

/** Whether a text is a web address without its scheme, such as `example.org/abc` or `localhost:3000`. */
export function beginsWithHost(text: string): boolean {
  return HOST_FIRST.test(text);
}

function isWeb(text: string): boolean {
  return /^https?:/i.test(text);
}

function requireLength(text: string): void {
  if (Buffer.byteLength(text) > MAX_TARGET_BYTES) throw refused(texts.target.tooLong);
}

function requireScheme(text: string, schemes: readonly string[]): void {
  const scheme = SCHEME.exec(text)?.[1]?.toLowerCase();
  if (scheme === undefined || forbiddenSchemes.has(scheme) || !schemes.includes(scheme))
    throw refused(texts.target.badScheme(formatAlternatives(schemes.map(beginning))));
  if (isWeb(text) && !WEB.test(text)) throw refused(texts.target.noHost);
}

/** Port 0 is reserved: no server listens there. */
function requireReachable({ hostname, port }: URL): void {
  if (!HOST.test(hostname)) throw refused(texts.target.badHost);
  if (port === "0") throw refused(texts.target.badPort);
}

/** Why the WHATWG parser reads no URL: if not because of the port, because of the host. */
function whyUnreadable(text: string): string {
  const isPort = PORT.test(text) && URL.canParse(text.replace(PORT, "$1"));
  return isPort ? texts.target.badPort : texts.target.badHost;
}

function refused(message: string): Problem {
  return invalid("target", message);
}

/** Whether `target` is the short link itself, which has these short codes, under any of `origins`. */
export function pointsToItself(
  target: Target,
  codes: readonly string[],
  origins: readonly string[],
): boolean {
  return ownCodesIn(target, origins).some((code) => codes.includes(code));
}

/** The short codes that an address of this site may mean, the likeliest first; none for an address elsewhere. */
export function ownCodesIn(address: string, origins: readonly string[]): readonly string[] {
  const url = new URL(address);
  if (!origins.some((origin) => hostOf(origin) === url.host)) return [];
  const asked = decodedPath(url)?.slice(1) ?? "";
  return [asked, ...codesBeforeMore(asked)];
}

function beginning(scheme: string): string {
  return scheme === "http" || scheme === "https" ? `${scheme}://` : `${scheme}:`;
}

function hostOf(origin: string): string | null {
  return URL.canParse(origin) ? new URL(origin).host : null;
}

function decodedPath(url: URL): string | null {
  try {
    return decodeURIComponent(url.pathname);
  } catch {
    return null;
  }
}
