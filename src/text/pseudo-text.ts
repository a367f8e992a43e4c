import type { Language } from "./language.ts";

const PLAIN = "abcdefghijklmnoprstuwyzACDEGHIJKLNORSTUWYZ";
const ACCENTED =
  "\u00e1\u0180\u00e7\u0111\u00e9\u0192\u011d\u0125\u00ee\u0135\u0137\u013c\u0271\u00f1\u00f4\u00fe\u0155\u0161\u0163\u00fb\u0175\u00fd\u017e\u00c1\u00c7\u0110\u00c9\u011c\u0124\u00ce\u0134\u0136\u013b\u00d1\u00d4\u0154\u0160\u0162\u00db\u0174\u00dd\u017d";

/** Words of a text that are no language: options, paths, addresses, names of settings, `{places}`. */
const NO_WORD = /^-|[/_=<>{}\x60\\]|\w\.\w/;

const RIGHT_TO_LEFT_OVERRIDE = "\u202e";
const POP_DIRECTION = "\u202c";

/**
 * Writes an English text as a test language does: accented and a third longer, between brackets, or right to left. What
 * a page shows without them was not in a catalogue, and what has only one bracket was cut or put together.
 */
export function pseudoText(text: string, language: Exclude<Language, "en">): string {
  if (language === "ar-xb") return `${RIGHT_TO_LEFT_OVERRIDE}${text}${POP_DIRECTION}`;
  const accented = text
    .split(/(\s+)/)
    .map((word) => (NO_WORD.test(word) ? word : accent(word)))
    .join("");
  return `\u27e6${accented}${"\u00b7".repeat(Math.ceil(text.length / 3))}\u27e7`;
}

function accent(word: string): string {
  return word.replace(/[a-zA-Z]/g, (letter) => ACCENTED[PLAIN.indexOf(letter)] ?? letter);
}
