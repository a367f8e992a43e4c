import type { z } from "zod";
import { readWords, typed } from "./setting-types.ts";
import { text } from "./text.en.ts";

/** Extensions that the Python Trunk8 allowed. */
export const usualExtensions: readonly string[] = [
  ...["pdf", "doc", "docx", "txt", "rtf", "odt"],
  ...["jpg", "jpeg", "png", "gif", "webp", "bmp", "svg"],
  ...["zip", "rar", "7z", "tar", "gz"],
  ...["xls", "xlsx", "ods", "csv"],
  ...["ppt", "pptx", "odp"],
  ...["mp3", "wav", "mp4", "avi", "mkv", "mov"],
  ...["py", "js", "html", "css", "json", "xml", "md"],
];

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
