import type { Random } from "../clock.ts";
import { invalid } from "../problem.ts";
import { text as texts } from "./text.en.ts";

declare const brand: unique symbol;

/** What stands after the slash; case-sensitive, unique over all users. */
export type ShortCode = string & { readonly [brand]: "ShortCode" };

const NEW_CODE = /^[A-Za-z0-9_-]{1,50}$/;
const STORED_CODE = /^[\p{L}\p{M}\p{N}_-]{1,50}$/u;

/** Without look-alikes: no 0 O o, no 1 I l i. */
const ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghjkmnpqrstuvwxyz";
const AUTOMATIC_LENGTH = 7;

/** First path segments of the site itself and of the original program. A law checks that every URL is covered. */
export const reservedWords: ReadonlySet<string> = new Set(
  `- settings users profile add links edit_link delete_link delete auth login logout register
  switch-user switch-back admin api static assets edit new create update remove list index home
  dashboard config configuration system health status backup favicon.ico robots.txt sitemap.xml`.split(
    /\s+/,
  ),
);

/**
 * A short code for a new link.
 * @throws Problem `invalid` on `short_code`
 */
export function parseShortCode(text: string): ShortCode {
  if (text.length > 50) throw invalid("short_code", texts.shortCode.tooLong);
  if (!NEW_CODE.test(text)) throw invalid("short_code", texts.shortCode.badCharacters);
  if (isReserved(text)) throw invalid("short_code", texts.shortCode.reserved(text));
  return text as ShortCode;
}

/** Whether a word is reserved, in any case: /Login would pass for /login in an email. */
export function isReserved(text: string): boolean {
  return reservedWords.has(text.toLowerCase());
}

/** Whether a link could be stored under `text`: older codes may hold any Unicode letter or digit. */
export function isStoredCode(text: string): text is ShortCode {
  return STORED_CODE.test(text);
}

/** A random code of seven characters, each of the 55 equally likely. */
export function makeShortCode(random: Random): ShortCode {
  let code = "";
  while (code.length < AUTOMATIC_LENGTH) {
    for (const byte of random(AUTOMATIC_LENGTH * 2)) {
      const letter = ALPHABET[byte & 63];
      if (letter !== undefined && code.length < AUTOMATIC_LENGTH) code += letter;
    }
  }
  return isReserved(code) ? makeShortCode(random) : (code as ShortCode);
}
