import { markedEncoding } from "../text/text-encoding.ts";

/**
 * Decodes a document: UTF-8, or UTF-16 with a byte order mark. Invalid bytes become U+FFFD; lines end in LF.
 */
export function decodeText(bytes: Uint8Array): string {
  return cleanText(new TextDecoder(markedEncoding(bytes)).decode(bytes));
}

/** Normalizes line ends to LF, and replaces NUL by U+FFFD, as CommonMark requires. */
export function cleanText(text: string): string {
  return text.replaceAll(/\r\n?/g, "\n").replaceAll("\0", "\ufffd");
}
