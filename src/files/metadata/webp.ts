import type { ByteSource } from "./byte-source.ts";
import { damaged } from "./damaged.ts";
import { exifOf, MOST_EXIF, orientationOf } from "./exif.ts";

/** Chunks that say how an image looks, and animations. RFC 9649, section 2.7 */
const KEPT: ReadonlySet<string> = new Set(["VP8 ", "VP8L", "ALPH", "ANIM", "ANMF", "ICCP"]);

const EXIF = "EXIF";
/** A chunk of this name is ignored, as all unknown ones are. */
const IGNORED = "JUNK";

const XMP_FLAG = 0x04;

/**
 * A WebP file without metadata, and without what follows the image. Its size stands at its beginning: zeros take the
 * place of what is removed.
 */
export async function* cleanWebp(source: ByteSource): AsyncGenerator<Uint8Array> {
  const riff = await source.take(12);
  if (riff.byteLength < 12) throw damaged();
  yield riff;
  for (let left = riff.readUInt32LE(4) - 4; left >= 8; ) {
    const head = await source.take(8);
    if (head.byteLength === 0) return;
    if (head.byteLength < 8) throw damaged();
    const size = head.readUInt32LE(4);
    const padded = size + (size % 2);
    left -= 8 + padded;
    yield* cleanChunk(source, head, { size, padded });
  }
}

async function* cleanChunk(
  source: ByteSource,
  head: Buffer,
  { size, padded }: { readonly size: number; readonly padded: number },
): AsyncGenerator<Uint8Array> {
  const name = head.toString("latin1", 0, 4);
  if (KEPT.has(name)) {
    yield head;
    yield* source.pass(padded);
  } else if (name === "VP8X") {
    const data = await source.take(padded);
    if (data.byteLength > 0) data.writeUInt8(data.readUInt8(0) & ~XMP_FLAG, 0);
    yield head;
    yield data;
  } else if (name === EXIF && size <= MOST_EXIF) {
    const data = await source.take(padded);
    yield head;
    yield filled(exifOf(orientationOf(data)), data.byteLength);
  } else {
    head.write(IGNORED, 0, "latin1");
    yield head;
    for await (const piece of source.pass(padded)) yield new Uint8Array(piece.byteLength);
  }
}

function filled(bytes: Uint8Array, size: number): Uint8Array {
  const full = new Uint8Array(size);
  full.set(bytes.subarray(0, size));
  return full;
}
