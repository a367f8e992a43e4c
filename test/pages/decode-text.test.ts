import { expect, test } from "bun:test";
import { decodeText } from "../../src/pages/decode-text.ts";

const utf8 = (text: string): number[] => [...new TextEncoder().encode(text)];

const rows: Readonly<Record<string, readonly [bytes: readonly number[], text: string]>> = {
  "UTF-8": [utf8("T\u00e9a \u{1f375}"), "T\u00e9a \u{1f375}"],
  "UTF-8 with a byte order mark": [[0xef, 0xbb, 0xbf, ...utf8("Tea")], "Tea"],
  "UTF-16, little end first": [[0xff, 0xfe, 0xe9, 0x00, 0x0a, 0x00], "\u00e9\n"],
  "UTF-16, big end first": [[0xfe, 0xff, 0x00, 0xe9, 0x00, 0x0a], "\u00e9\n"],
  "UTF-16 with half a letter at its end": [[0xff, 0xfe, 0xe9, 0x00, 0x0a], "\u00e9\ufffd"],
  "bytes that are no text": [[0x54, 0xe9, 0x61, 0xff, 0xc0, 0x80], "T\ufffda\ufffd\ufffd\ufffd"],
  "a surrogate written as UTF-8": [[0xed, 0xa0, 0x80], "\ufffd\ufffd\ufffd"],
  "lines that end in CR LF, in CR and in LF": [utf8("a\r\nb\rc\nd\r\r\ne"), "a\nb\nc\nd\n\ne"],
  NUL: [[0x61, 0x00, 0x62], "a\ufffdb"],
  nothing: [[], ""],
};

test.each(Object.entries(rows))("decodes %s", (_, [bytes, text]) => {
  expect(decodeText(Uint8Array.from(bytes))).toBe(text);
});
