import { forbiddenSchemes } from "../config/values/addresses.ts";
import { invalid } from "../problem.ts";
import { formatAlternatives } from "../text/format.ts";
import { text as texts } from "./text.en.ts";

declare const brand: unique symbol;

/** The absolute URL of a redirect, kept as it was entered. */
export type Target = string & { readonly [brand]: "Target" };

/** Most bytes of UTF-8 in a target. */
export const MAX_TARGET_BYTES = 8192;

const CONTROL = /[\p{Cc}\u2028\u2029]/u;
const WEB = /^https?:\/\/[^/\\?#]/i;

/** What a target is checked against. */
export interface TargetRules {
  /** Lower-case scheme names that are allowed. */
  readonly schemes: readonly string[];
}

/**
 * Parses the target of a redirect with the WHATWG URL parser, as browsers do.
 * @throws Problem `invalid` on `target`
 */
export function parseTarget(raw: string, { schemes }: TargetRules): Target {
  const text = raw.trim();
  if (text === "") throw invalid("target", texts.target.missing);
  if (CONTROL.test(text)) throw invalid("target", texts.target.controlCharacter);
  if (!text.isWellFormed()) throw invalid("target", texts.target.notUnicode);
  if (Buffer.byteLength(text) > MAX_TARGET_BYTES) {
    throw invalid("target", texts.target.tooLong);
  }
  const scheme = schemeOf(text);
  if (scheme === null || forbiddenSchemes.has(scheme) || !schemes.includes(scheme)) {
    throw invalid("target", texts.target.badScheme(formatAlternatives(schemes.map(beginning))));
  }
  if ((scheme === "http" || scheme === "https") && !WEB.test(text)) {
    throw invalid("target", texts.target.noHost);
  }
  return text as Target;
}

/** Whether `target` is the short link itself, under any of `origins`. */
export function pointsToItself(
  target: Target,
  shortCode: string,
  origins: readonly string[],
): boolean {
  const url = new URL(target);
  if (!origins.some((origin) => hostOf(origin) === url.host)) return false;
  return decodedPath(url) === `/${shortCode}`;
}

/** The scheme as the WHATWG parser sees it; null for text that is no absolute URL. */
function schemeOf(text: string): string | null {
  return URL.canParse(text) ? new URL(text).protocol.slice(0, -1) : null;
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
