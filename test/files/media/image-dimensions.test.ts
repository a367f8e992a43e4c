import { describe, expect, test } from "bun:test";
import { type Dimensions, imageDimensions } from "../../../src/files/media/image-dimensions.ts";

const bytes = (...parts: readonly (string | readonly number[])[]) =>
  Buffer.concat(
    parts.map((part) =>
      typeof part === "string" ? Buffer.from(part, "latin1") : Buffer.from(part),
    ),
  );
const zeros = (count: number): number[] => Array.from({ length: count }, () => 0);

const png = bytes("\x89PNG\r\n\x1a\n", zeros(4), "IHDR", [0, 0, 1, 64], [0, 0, 0, 240]);
const frame = [0xff, 0xc2, 0, 17, 8, 0, 240, 1, 64];
const jfif = [0xff, 0xe0, 0, 4, 0, 0];

/** An Exif segment with one field before the orientation. */
function exif(orientation: number, isLittle: boolean): number[] {
  const short = (value: number) => (isLittle ? [value, value >> 8] : [value >> 8, value & 0xff]);
  const long = (value: number) => (isLittle ? [...short(value), 0, 0] : [0, 0, ...short(value)]);
  const field = (tag: number, value: number) => [
    ...short(tag),
    ...short(3),
    ...long(1),
    ...short(value),
    0,
    0,
  ];
  const order = isLittle ? [0x49, 0x49] : [0x4d, 0x4d];
  const tiff = [
    ...order,
    ...short(42),
    ...long(8),
    ...short(2),
    ...field(0x10f, 9),
    ...field(0x112, orientation),
  ];
  const body = [0x45, 0x78, 0x69, 0x66, 0, 0, ...tiff];
  return [0xff, 0xe1, 0, body.length + 2, ...body];
}

const wide: Dimensions = { width: 320, height: 240 };
const tall: Dimensions = { width: 240, height: 320 };

describe("dimensions of an image", () => {
  test.each<[what: string, type: string, head: Buffer, expected: Dimensions | null]>([
    ["PNG", "image/png", png, wide],
    ["GIF", "image/gif", bytes("GIF89a", [64, 1], [240, 0]), wide],
    [
      "BMP from the top",
      "image/bmp",
      bytes("BM", zeros(16), [64, 1, 0, 0], [16, 255, 255, 255]),
      wide,
    ],
    [
      "lossy WebP",
      "image/webp",
      bytes("RIFF", zeros(4), "WEBPVP8 ", zeros(10), [64, 0x41], [240, 0]),
      wide,
    ],
    [
      "lossless WebP",
      "image/webp",
      bytes("RIFF", zeros(4), "WEBPVP8L", zeros(4), [0x2f, 0x3f, 0xc1, 0x3b, 0]),
      wide,
    ],
    [
      "extended WebP",
      "image/webp",
      bytes("RIFF", zeros(4), "WEBPVP8X", zeros(8), [63, 1, 0, 239, 0, 0]),
      wide,
    ],
    ["JPEG", "image/jpeg", bytes([0xff, 0xd8], jfif, frame), wide],
    ["JPEG, turned", "image/jpeg", bytes([0xff, 0xd8], exif(6, true), frame), tall],
    [
      "JPEG, turned, in big-endian order",
      "image/jpeg",
      bytes([0xff, 0xd8], jfif, exif(8, false), frame),
      tall,
    ],
    ["JPEG, upside down", "image/jpeg", bytes([0xff, 0xd8], exif(3, true), frame), wide],
    ["JPEG that ends before its frame", "image/jpeg", bytes([0xff, 0xd8], jfif), null],
    ["JPEG without a frame", "image/jpeg", bytes([0xff, 0xd8], jfif, zeros(20)), null],
    ["empty PNG", "image/png", bytes(), null],
    ["PNG of no width", "image/png", bytes(zeros(24)), null],
    ["SVG", "image/svg+xml", bytes("<svg width='1' height='1'/>"), null],
  ])("are read: %s", (_, type, head, expected) => {
    expect(imageDimensions(type, head)).toEqual(expected);
  });
});
