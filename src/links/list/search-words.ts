import { withShortWords } from "../../database/search/short-words.ts";
import { foldText } from "../../text/fold-text.ts";
import type { Link } from "../link.ts";
import { isReserved, isStoredCode } from "../short-code.ts";

/** Words that are used: more do not make a search more selective. */
const MAX_WORDS = 32;

/** What a search looks for, folded. */
export interface Search {
  /** Short codes of pasted short URLs. */
  readonly codes: readonly string[];
  /** Words that stand anywhere. */
  readonly words: readonly string[];
}

/** Reads a search; control characters separate words as spaces do. `ownOrigins` are those of short URLs. */
export function readSearch(text: string, ownOrigins: readonly string[]): Search {
  const given = [...new Set(text.toWellFormed().split(/[\s\p{Cc}]+/u))].filter(Boolean);
  const codes = new Set<string>();
  const words = new Set<string>();
  for (const word of given.slice(0, MAX_WORDS)) {
    const code = codeIn(word, ownOrigins);
    if (code !== null) codes.add(foldText(code));
    else for (const part of foldText(word).split(/\s+/)) if (part !== "") words.add(part);
  }
  return { codes: [...codes], words: [...words] };
}

/** Everything that a search finds in the text of a link, folded. */
export function searchedWords(text: string, ownOrigins: readonly string[]): readonly string[] {
  const { codes, words } = readSearch(text, ownOrigins);
  return [...codes, ...words];
}

/** The code of a pasted short URL, with or without its scheme; null for any other word. */
function codeIn(word: string, ownOrigins: readonly string[]): string | null {
  if (!word.includes("/")) return null;
  const url = URL.parse(/^https?:\/\//i.test(word) ? word : `https://${word}`);
  if (url === null || !ownOrigins.some((origin) => URL.parse(origin)?.host === url.host))
    return null;
  const code = decodePath(url);
  return code !== null && isStoredCode(code) && !isReserved(code) ? code : null;
}

function decodePath({ pathname }: URL): string | null {
  try {
    return decodeURIComponent(pathname.slice(1));
  } catch {
    return null;
  }
}

/** A link's texts that are searched. */
export type SearchedLink = Pick<
  Link,
  "shortCode" | "aliases" | "target" | "content" | "title" | "note"
>;

/** What a search looks into, folded: the code alone; and code, target or file name, title, note and aliases, each on a line. */
export function searchedText({ shortCode, aliases, target, content, title, note }: SearchedLink): {
  code: string;
  text: string;
} {
  const lines = [
    shortCode,
    content?.name ?? target,
    title,
    ...(note === "" ? [] : [note]),
    ...aliases,
  ];
  return { code: foldText(shortCode), text: withShortWords(foldText(lines.join("\n"))) };
}
