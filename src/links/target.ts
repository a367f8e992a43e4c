import { forbiddenSchemes } from "../config/values/addresses.ts";
import { invalid } from "../problem.ts";

declare const brand: unique symbol;

/** An absolute URL that a redirect may lead to, kept as it was given. */
export type Target = string & { readonly [brand]: "Target" };

/** Most bytes of UTF-8 in a target. */
export const MAX_TARGET_BYTES = 8192;

const CONTROL = /[\p{Cc}\u2028\u2029]/u;
const WEB = /^https?:\/\/[^/\\?#]/i;

/** What a target is judged against. */
export interface TargetRules {
  /** Lower-case scheme names that are allowed. */
  readonly schemes: readonly string[];
}

/**
 * The target of a redirect, judged by the WHATWG URL parser as browsers do.
 * @throws Problem `invalid` on `url`
 */
export function parseTarget(raw: string, { schemes }: TargetRules): Target {
  const text = raw.trim();
  if (text === "") throw invalid("url", "Where should the link lead? Enter an address.");
  if (CONTROL.test(text)) throw invalid("url", "The address holds an invisible control character.");
  if (!text.isWellFormed()) throw invalid("url", "The address is not valid Unicode.");
  if (Buffer.byteLength(text) > MAX_TARGET_BYTES) {
    throw invalid("url", "The address is longer than 8,192 bytes.");
  }
  const scheme = schemeOf(text);
  if (scheme === null || forbiddenSchemes.has(scheme) || !schemes.includes(scheme)) {
    throw invalid("url", `The address must begin with ${schemes.map(beginning).join(" or ")}.`);
  }
  if ((scheme === "http" || scheme === "https") && !WEB.test(text)) {
    throw invalid("url", "The address names no host.");
  }
  return text as Target;
}

/** Whether opening `target` would open the very link that holds it, under any of `origins`. */
export function leadsToItself(
  target: Target,
  shortCode: string,
  origins: readonly string[],
): boolean {
  const url = new URL(target);
  if (!origins.some((origin) => hostOf(origin) === url.host)) return false;
  return decodedPath(url) === `/${shortCode}`;
}

/** The scheme as the WHATWG parser sees it, or null when the text is no absolute URL. */
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
