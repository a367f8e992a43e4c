import { invalid } from "../problem.ts";
import { text } from "./text.en.ts";

/** Maximum length on most file systems, in bytes of UTF-8. */
const MAX_BYTES = 255;

/** Characters of a given name that are looked at: its beginning, and its end for the extension. */
const MOST_START = 1024;
const MOST_END = 16;

const NAMELESS = "file";

/** Control characters, line separators, the byte order mark, and marks of text direction. */
const UNSEEN = /[\p{Cc}\u2028\u2029\ufeff\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

const EXTENSION = /\.([a-z0-9]{1,10})$/i;

const DOT_OR_SPACE = /[.\s]/;

/** The extension of an archive that is compressed, too, has two parts. */
const FULL_EXTENSION = /(?:\.tar)?\.[a-z0-9]{1,10}$/i;

/**
 * Cleans the name of a sent file for display: any script, one line, no path, at most 255 bytes of UTF-8 with its
 * extension. It is never used as a path: stored files have generated names.
 */
export function cleanFileName(given: string): string {
  const seen = shorten(lastPart(given)).toWellFormed().replaceAll(UNSEEN, "").normalize("NFC");
  const name = trim(seen);
  return name === "" ? NAMELESS : cut(name);
}

function lastPart(path: string): string {
  return path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);
}

function shorten(name: string): string {
  if (name.length <= MOST_START + MOST_END) return name;
  return name.slice(0, MOST_START) + name.slice(-MOST_END);
}

/** Takes dots and white space from both ends; a pattern would take the square of a run of them in the middle. */
function trim(name: string): string {
  let start = 0;
  let end = name.length;
  while (start < end && DOT_OR_SPACE.test(name.charAt(start))) start++;
  while (end > start && DOT_OR_SPACE.test(name.charAt(end - 1))) end--;
  return name.slice(start, end);
}

/** Returns the extension in lower case without its dot; "" unless it has 1 to 10 ASCII letters and digits. */
export function extensionOf(name: string): string {
  return EXTENSION.exec(name)?.[1]?.toLowerCase() ?? "";
}

/** Returns the extension as it is written, with its dot, and both parts of `.tar.gz`; "" if there is none. */
export function fullExtensionOf(name: string): string {
  return FULL_EXTENSION.exec(name)?.[0] ?? "";
}

/**
 * Refuses a name whose extension is not allowed; `["*"]` allows all.
 * @throws Problem `invalid` on `field`
 */
export function requireAllowedName(name: string, allowed: readonly string[], field: string): void {
  const extension = extensionOf(name);
  if (allowed.includes("*") || allowed.includes(extension)) return;
  const all = allowed.join(", ");
  throw invalid(field, extension === "" ? text.noExtension(all) : text.notAllowed(extension, all));
}

function cut(name: string): string {
  if (Buffer.byteLength(name) <= MAX_BYTES) return name;
  const extension = fullExtensionOf(name);
  const stem = fitting(name.slice(0, name.length - extension.length), MAX_BYTES - extension.length);
  return (trim(stem) || NAMELESS) + extension;
}

const characters = new Intl.Segmenter();

/** Cuts between grapheme clusters: an accented letter or an emoji stays whole. */
function fitting(name: string, maxBytes: number): string {
  let end = 0;
  let bytes = 0;
  for (const { segment, index } of characters.segment(name)) {
    bytes += Buffer.byteLength(segment);
    if (bytes > maxBytes) break;
    end = index + segment.length;
  }
  return name.slice(0, end);
}
