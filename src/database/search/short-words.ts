import { isAscii } from "../../text/fold-text.ts";

/*
 * The index of `link_search` lists three letters in a row, but people also search for one or two: "Q3", or a word of two
 * Chinese characters. Two ASCII characters are found through the three-letter sequences that begin with them. All other
 * short words are listed after the text itself, each between two marks, so that they are sequences of three, too.
 */

/** Precedes and follows each listed word; no searched word contains it. */
export const LIST_MARK = "\u0003";

/** What may follow two ASCII characters without the pair being listed: folded ASCII, and the ends of words and lines. */
export const FOLLOWERS: readonly string[] = [
  "\t",
  "\n",
  ...Array.from({ length: 95 }, (_, at) => String.fromCharCode(32 + at)).filter(
    (letter) => !/[A-Z]/.test(letter),
  ),
];

const followers: ReadonlySet<string> = new Set(FOLLOWERS);

/** Single characters that so many texts contain that a search for them reads rows without an index. */
const FREQUENT = /^[a-z0-9:/.]$/;

const LISTED_ASCII = /[^a-z0-9:/.\s]/g;

/** Whether rows can be found by a word of one or two characters. */
export function isListed(word: string): boolean {
  return !FREQUENT.test(word);
}

/** Text of which only single characters are listed. */
const PLAIN = /^[\t\n -~]*$/;

/** Appends to a folded text the short words that the index would not find in it. */
export function withShortWords(text: string): string {
  const listed = PLAIN.test(text) ? new Set(text.match(LISTED_ASCII)) : listedIn(`${text}\n`);
  if (listed.size === 0) return `${text}\n`;
  return `${text}\n${LIST_MARK}${[...listed].join(LIST_MARK)}${LIST_MARK}`;
}

function listedIn(text: string): ReadonlySet<string> {
  const letters = [...text];
  const listed = new Set<string>();
  for (const [at, letter] of letters.entries()) {
    const [next = "\n", afterNext = "\n"] = letters.slice(at + 1, at + 3);
    if (isSeparator(letter)) continue;
    if (isListed(letter)) listed.add(letter);
    if (isSeparator(next)) continue;
    if (!isAscii(letter + next) || !followers.has(afterNext)) listed.add(letter + next);
  }
  return listed;
}

/** No searched word contains white space or a control character. */
function isSeparator(letter: string): boolean {
  return /[\s\p{Cc}]/u.test(letter);
}
