import { promisify } from "node:util";
import { crc32, deflate } from "node:zlib";

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

const deflateInThread = promisify(deflate);

/** A square picture in black and white, line by line; true is black. Lines that are alike may be one array. */
export type Bitmap = readonly (readonly boolean[])[];

/** A bitmap as a PNG file of one bit a pixel (ISO/IEC 15948). */
export async function encodePng(bitmap: Bitmap): Promise<Uint8Array<ArrayBuffer>> {
  const pixels = await deflateInThread(scanlines(bitmap));
  return Buffer.concat([
    SIGNATURE,
    chunk("IHDR", header(bitmap.length)),
    chunk("IDAT", pixels),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

/** Width, height, one bit of grey; compression, filter and interlacing are the standard's 0. */
function header(size: number): Buffer {
  const bytes = Buffer.alloc(13);
  bytes.writeUInt32BE(size, 0);
  bytes.writeUInt32BE(size, 4);
  bytes.writeUInt8(1, 8);
  return bytes;
}

/** Each line is a byte 0, for no filter, and its pixels. A line that is the one before is not packed again. */
function scanlines(bitmap: Bitmap): Buffer {
  const width = 1 + Math.ceil(bitmap.length / 8);
  const bytes = Buffer.alloc(width * bitmap.length);
  for (const [y, line] of bitmap.entries()) {
    const start = y * width;
    if (line === bitmap[y - 1]) bytes.copyWithin(start, start - width, start);
    else bytes.set(pack(line), start + 1);
  }
  return bytes;
}

/** Eight pixels in a byte from the left; a set bit is white. */
function pack(line: readonly boolean[]): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(line.length / 8));
  for (const [x, isDark] of line.entries()) {
    if (!isDark) bytes[x >> 3] = (bytes[x >> 3] ?? 0) | (0x80 >> (x & 7));
  }
  return bytes;
}

function chunk(type: string, data: Uint8Array): Buffer {
  const named = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const whole = Buffer.alloc(named.length + 8);
  whole.writeUInt32BE(data.length, 0);
  named.copy(whole, 4);
  whole.writeUInt32BE(crc32(named), named.length + 4);
  return whole;
}
