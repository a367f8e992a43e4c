import { promisify } from "node:util";
import { crc32, deflate } from "node:zlib";

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

const deflateInThread = promisify(deflate);

/** A square picture in black and white. */
export interface Bitmap {
  /** Pixels along a side. */
  readonly size: number;
  isDark(x: number, y: number): boolean;
}

/** A bitmap as a PNG file of one bit a pixel (ISO/IEC 15948). */
export async function encodePng(bitmap: Bitmap): Promise<Uint8Array<ArrayBuffer>> {
  const pixels = await deflateInThread(scanlines(bitmap));
  return Buffer.concat([
    SIGNATURE,
    chunk("IHDR", header(bitmap.size)),
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

/** Each line is a byte 0, for no filter, and its pixels from the left, eight in a byte; a set bit is white. */
function scanlines({ size, isDark }: Bitmap): Buffer {
  const width = 1 + Math.ceil(size / 8);
  const bytes = Buffer.alloc(width * size);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const place = y * width + 1 + (x >> 3);
      if (!isDark(x, y)) bytes[place] = (bytes[place] ?? 0) | (0x80 >> (x & 7));
    }
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
