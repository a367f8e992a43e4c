import { foldText } from "../../database/search-index.ts";
import type { Link } from "../link.ts";

/** The words of a search, folded. */
export interface Words {
  /** One or two letters, with which the code begins. */
  readonly beginnings: readonly string[];
  /** Three letters or more, which stand anywhere. */
  readonly words: readonly string[];
}

/** Words that are used: more do not make a search more selective. */
const MAX_WORDS = 32;

/** Reads the words of a search; control characters separate them as spaces do. */
export function readWords(text: string): Words {
  const all = foldText(text.toWellFormed()).split(/[\s\p{Cc}]+/u);
  const words = [...new Set(all)].filter((word) => word !== "").slice(0, MAX_WORDS);
  const isShort = (word: string) => [...word].length < 3;
  return {
    beginnings: words.filter(isShort),
    words: words.filter((word) => !isShort(word)),
  };
}

/** What a search looks into, folded: the code alone, and code, target or file name, and title, a line each. */
export function searchedText({
  shortCode,
  target,
  content,
  title,
}: Pick<Link, "shortCode" | "target" | "content" | "title">): { code: string; text: string } {
  return {
    code: foldText(shortCode),
    text: foldText([shortCode, content?.name ?? target, title].join("\n")),
  };
}
