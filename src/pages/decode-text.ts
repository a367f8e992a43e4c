const ENCODINGS: readonly (readonly [mark: readonly number[], encoding: Bun.Encoding])[] = [
  [[0xff, 0xfe], "utf-16le"],
  [[0xfe, 0xff], "utf-16be"],
];

/**
 * A document's bytes as text, as best it can: UTF-8, or UTF-16 where a byte order mark says so. What is no text in
 * it becomes U+FFFD; lines end in LF.
 */
export function decodeText(bytes: Uint8Array): string {
  return cleanText(new TextDecoder(encodingOf(bytes)).decode(bytes));
}

/** Text without CR and NUL: lines end in LF, and a NUL is shown as U+FFFD, as CommonMark wants it. */
export function cleanText(text: string): string {
  return text.replaceAll(/\r\n?/g, "\n").replaceAll("\0", "\ufffd");
}

function encodingOf(bytes: Uint8Array): Bun.Encoding {
  const found = ENCODINGS.find(([mark]) => mark.every((byte, at) => bytes[at] === byte));
  return found?.[1] ?? "utf-8";
}
