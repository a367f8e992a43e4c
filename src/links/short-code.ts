import type { Random } from "../clock.ts";
import { invalid } from "../problem.ts";
import { text as texts } from "./text.en.ts";

declare const brand: unique symbol;

/** What stands after the slash; case-sensitive, unique over all users. */
export type ShortCode = string & { readonly [brand]: "ShortCode" };

const NEW_CODE = /^[A-Za-z0-9_-]{1,50}$/;
const STORED_CODE = /^[\p{L}\p{M}\p{N}_-]{1,50}$/u;

/** A code, and what begins with a character that none can hold. */
const CODE_AND_MORE = /^([\p{L}\p{M}\p{N}_-]{1,50})([^\p{L}\p{M}\p{N}_-].*)$/su;
const CODE_AND_EXTENSION = /^([\p{L}\p{M}\p{N}_-]{1,50})\.([A-Za-z0-9]{1,16})$/u;
const GLUE = /^[^\p{L}\p{M}\p{N}_-]+/u;

/** A code of today, and text in a script that sets no space between words, or a sign that only varies another. */
const CODE_AND_TEXT =
  /^([A-Za-z0-9_-]{1,50})[\p{Variation_Selector}\p{scx=Hani}\p{scx=Hira}\p{scx=Kana}\p{scx=Hang}\p{scx=Thai}\p{scx=Laoo}\p{scx=Khmr}\p{scx=Mymr}]/u;

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
 * A short code for a new link, or a new one for a link.
 * @throws Problem `invalid` on `field`
 */
export function parseShortCode(text: string, field = "short_code"): ShortCode {
  if (text.length > 50) throw invalid(field, texts.shortCode.tooLong);
  if (!NEW_CODE.test(text)) throw invalid(field, texts.shortCode.badCharacters);
  if (isReserved(text)) throw invalid(field, texts.shortCode.reserved(text));
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

/**
 * The short codes that `text` may mean if it is none itself, the likeliest first: mail and chat glue punctuation,
 * spaces, the next words or parameters to a URL.
 */
export function codesBeforeMore(text: string): readonly ShortCode[] {
  const [, code, more = ""] = CODE_AND_MORE.exec(text) ?? [];
  const before = code === undefined || isOtherPath(more) ? [] : [code];
  const beforeText = CODE_AND_TEXT.exec(text)?.[1] ?? [];
  return [...new Set([...before, beforeText].flat() as ShortCode[])];
}

/** Whether a code would go on as the name of a file, `.css`, or with further segments, `/x`. */
function isOtherPath(more: string): boolean {
  const [glue = ""] = GLUE.exec(more) ?? [];
  if (glue === more || /[&?#;]/.test(glue)) return false;
  return glue === "." || glue.includes("/");
}

/** The code before what may be a file name extension, as in `report.pdf`, and that in lower case; null: none. */
export function codeBeforeExtension(
  text: string,
): { readonly code: ShortCode; readonly extension: string } | null {
  const [, code, extension] = CODE_AND_EXTENSION.exec(text) ?? [];
  if (code === undefined || extension === undefined) return null;
  return { code: code as ShortCode, extension: extension.toLowerCase() };
}

/** A random code, each of its characters equally likely to be any of 55. */
export function makeShortCode(random: Random, length = AUTOMATIC_LENGTH): ShortCode {
  let code = "";
  while (code.length < length) {
    for (const byte of random(length * 2)) {
      const letter = ALPHABET[byte & 63];
      if (letter !== undefined && code.length < length) code += letter;
    }
  }
  return isReserved(code) ? makeShortCode(random, length) : (code as ShortCode);
}
