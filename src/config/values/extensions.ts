import type { z } from "zod";
import { readWords, typed } from "./setting-types.ts";
import { text } from "./text.en.ts";

/** File extensions in lower case without their dot; or only `*` for all. */
export const extensions = (): z.ZodType<readonly string[]> =>
  typed(
    () => text.extensions,
    (raw) => {
      const words = readWords(raw)?.map((word) => word.toLowerCase().replace(/^\./, ""));
      return words?.length && (words.every(isExtension) || isAll(words)) ? words : undefined;
    },
  );

function isExtension(word: string): boolean {
  return /^[a-z0-9]{1,10}$/.test(word);
}

function isAll(words: readonly string[]): boolean {
  return words.length === 1 && words[0] === "*";
}
