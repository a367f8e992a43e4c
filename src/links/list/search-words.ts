import { foldText } from "../../database/search-index.ts";
import type { Link } from "../link.ts";

/** What someone looks for, folded. */
export interface Words {
  /** One or two letters, with which the code begins. */
  readonly beginnings: readonly string[];
  /** Three letters or more, which stand anywhere. */
  readonly words: readonly string[];
}

/** Words that count; more than these narrow no search down. */
const MAX_WORDS = 32;

/** Words as they are typed into a search; control characters part them as spaces do. */
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
