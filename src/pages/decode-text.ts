import { markedEncoding } from "../text/text-encoding.ts";

/**
 * Decodes a document: UTF-8, or UTF-16 with a byte order mark. Invalid bytes become U+FFFD; lines end in LF.
 */
export function decodeText(bytes: Uint8Array): string {
  return cleanText(new TextDecoder(markedEncoding(bytes)).decode(bytes));
}

/** Removes a byte order mark, normalizes line ends to LF, and replaces NUL by U+FFFD, as CommonMark requires. */
export function cleanText(text: string): string {
  return text
    .replace(/^\ufeff/, "")
    .replaceAll(/\r\n?/g, "\n")
    .replaceAll("\0", "\ufffd");
}
