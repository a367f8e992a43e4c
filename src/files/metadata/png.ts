import type { ByteSource } from "./byte-source.ts";
import { damaged } from "./damaged.ts";
import { exifOf, MOST_EXIF, orientationOf } from "./exif.ts";

/** Chunks that say how an image looks, and animations. PNG (third edition), 5.6 */
const KEPT: ReadonlySet<string> = new Set([
  ...["tRNS", "cHRM", "gAMA", "iCCP", "sBIT", "sRGB", "cICP", "mDCV", "cLLI"],
  ...["bKGD", "hIST", "pHYs", "sPLT", "acTL", "fcTL", "fdAT"],
]);

/** A PNG file without metadata, and without what follows the image. */
export async function* cleanPng(source: ByteSource): AsyncGenerator<Uint8Array> {
  yield await source.take(8);
  for (;;) {
    const head = await source.take(8);
    if (head.byteLength === 0) return;
    if (head.byteLength < 8) throw damaged();
    const size = head.readUInt32BE(0);
    const type = head.toString("latin1", 4, 8);
    if (type === "eXIf" && size <= MOST_EXIF) {
      yield* turnedOnly(await source.take(size));
      await source.skip(4);
    } else if (isCritical(type) || KEPT.has(type)) {
      yield head;
      yield* source.pass(size + 4);
    } else await source.skip(size + 4);
    if (type === "IEND") return;
  }
}

/** Whether an image cannot be read without a chunk. */
function isCritical(type: string): boolean {
  return /^[A-Z][A-Za-z]{3}$/.test(type);
}

function* turnedOnly(exif: Uint8Array): Generator<Uint8Array> {
  const orientation = orientationOf(exif);
  if (orientation === 1) return;
  const data = exifOf(orientation);
  const chunk = Buffer.alloc(12 + data.byteLength);
  chunk.writeUInt32BE(data.byteLength, 0);
  chunk.write("eXIf", 4, "latin1");
  chunk.set(data, 8);
  chunk.writeUInt32BE(Bun.hash.crc32(chunk.subarray(4, -4)), 8 + data.byteLength);
  yield chunk;
}
