/** How the bytes of a text are encoded; `8-bit` stands for an encoding that only a reader can recognize. */
export type TextEncoding = "utf-8" | "utf-16le" | "utf-16be" | "8-bit";

const MARKS: readonly (readonly [mark: readonly number[], encoding: "utf-16le" | "utf-16be"])[] = [
  [[0xff, 0xfe], "utf-16le"],
  [[0xfe, 0xff], "utf-16be"],
];

/** Control characters of texts, beside those of Latin-1: terminal colours and overstrikes need some. */
const TEXT_CONTROLS: ReadonlySet<string> = new Set("\x07\b\t\n\v\f\r\x1b");

/** Whether a text has characters that only binary data has. */
function hasBinary(text: string): boolean {
  const controls = text.match(/\p{Cc}/gu) ?? [];
  return controls.some((control) => control < " " && !TEXT_CONTROLS.has(control));
}

/** Returns the encoding that a byte order mark announces; without one, UTF-8. */
export function markedEncoding(bytes: Uint8Array): Exclude<TextEncoding, "8-bit"> {
  const found = MARKS.find(([mark]) => mark.every((byte, at) => bytes[at] === byte));
  return found?.[1] ?? "utf-8";
}

/** Decodes UTF-16 with a byte order mark; null without one. */
export function decodeUtf16(bytes: Uint8Array): string | null {
  const encoding = markedEncoding(bytes);
  return encoding === "utf-8" ? null : new TextDecoder(encoding).decode(bytes);
}

/** Returns the bytes of a text in which some are percent-encoded, and each other character is one. */
export function percentDecoded(text: string): Buffer<ArrayBuffer> {
  const bytes = text.replace(/%([0-9a-f]{2})/gi, (_, hex) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return Buffer.from(bytes, "latin1");
}

/**
 * Decodes UTF-8, or UTF-16 with a byte order mark; null if the bytes are invalid or no text. `isCut`: the last
 * character may be incomplete.
 */
export function textOf(bytes: Uint8Array, isCut: boolean): string | null {
  try {
    const decoder = new TextDecoder(markedEncoding(bytes), { fatal: true });
    const text = decoder.decode(bytes, { stream: isCut });
    return hasBinary(text) ? null : text;
  } catch {
    return null;
  }
}

/** Returns the encoding of a text; null if the bytes are no text. `isCut` as above. */
export function encodingOfText(bytes: Uint8Array, isCut: boolean): TextEncoding | null {
  if (textOf(bytes, isCut) !== null) return markedEncoding(bytes);
  const isBinary = hasBinary(Buffer.from(bytes).toString("latin1"));
  return isBinary || markedEncoding(bytes) !== "utf-8" ? null : "8-bit";
}
