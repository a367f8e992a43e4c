const ENCODINGS: readonly (readonly [mark: readonly number[], encoding: Bun.Encoding])[] = [
  [[0xff, 0xfe], "utf-16le"],
  [[0xfe, 0xff], "utf-16be"],
];

/**
 * Decodes a document: UTF-8, or UTF-16 with a byte order mark. Invalid bytes become U+FFFD; lines end in LF.
 */
export function decodeText(bytes: Uint8Array): string {
  return cleanText(new TextDecoder(encodingOf(bytes)).decode(bytes));
}

/** Normalizes line ends to LF, and replaces NUL by U+FFFD, as CommonMark requires. */
export function cleanText(text: string): string {
  return text.replaceAll(/\r\n?/g, "\n").replaceAll("\0", "\ufffd");
}

function encodingOf(bytes: Uint8Array): Bun.Encoding {
  const found = ENCODINGS.find(([mark]) => mark.every((byte, at) => bytes[at] === byte));
  return found?.[1] ?? "utf-8";
}
