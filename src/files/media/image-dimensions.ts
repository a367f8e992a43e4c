/** Width and height of an image in pixels, as browsers draw it. */
export interface Dimensions {
  readonly width: number;
  readonly height: number;
}

/** Number of bytes that usually contain the dimensions: cameras put a preview of up to 64 KB before them. */
export const DIMENSIONS_WITHIN = 131_072;

/** Returns the dimensions that the beginning of an image states; null if it states none, or they are further on. */
export function imageDimensions(type: string, head: Uint8Array): Dimensions | null {
  const read = readers[type];
  if (read === undefined) return null;
  try {
    const found = read(new DataView(head.buffer, head.byteOffset, head.byteLength));
    return found !== null && found.width > 0 && found.height > 0 ? found : null;
  } catch (error) {
    // The bytes end before the dimensions do.
    if (error instanceof RangeError) return null;
    throw error;
  }
}

type Reader = (view: DataView) => Dimensions | null;

const readers: Readonly<Record<string, Reader>> = {
  // PNG, 11.2.2: the header chunk comes first.
  "image/png": (view) => ({ width: view.getUint32(16), height: view.getUint32(20) }),
  "image/gif": (view) => ({ width: view.getUint16(6, true), height: view.getUint16(8, true) }),
  // The height is negative if the first line is at the top.
  "image/bmp": (view) => ({
    width: view.getInt32(18, true),
    height: Math.abs(view.getInt32(22, true)),
  }),
  "image/webp": readWebp,
  "image/jpeg": readJpeg,
};

/** RFC 9649: extended, lossless and lossy files keep them in different places. */
function readWebp(view: DataView): Dimensions | null {
  switch (view.getUint8(15)) {
    case 0x58:
      return { width: 1 + uint24(view, 24), height: 1 + uint24(view, 27) };
    case 0x4c: {
      const bits = view.getUint32(21, true);
      return { width: 1 + (bits & 0x3fff), height: 1 + ((bits >> 14) & 0x3fff) };
    }
    case 0x20:
      return {
        width: view.getUint16(26, true) & 0x3fff,
        height: view.getUint16(28, true) & 0x3fff,
      };
    default:
      return null;
  }
}

function uint24(view: DataView, at: number): number {
  return view.getUint16(at, true) | (view.getUint8(at + 2) << 16);
}

/** Walks the segments to the first frame; Exif before it may turn the image by a quarter. */
function readJpeg(view: DataView): Dimensions | null {
  let isTurned = false;
  for (let at = 2; view.getUint8(at) === 0xff; at += 2 + view.getUint16(at + 2)) {
    const marker = view.getUint8(at + 1);
    if (marker === 0xe1) isTurned ||= isTurnedByExif(view, at + 4);
    if (!isFrame(marker)) continue;
    const [height, width] = [view.getUint16(at + 5), view.getUint16(at + 7)];
    return isTurned ? { width: height, height: width } : { width, height };
  }
  return null;
}

/** SOF0 to SOF15, but for each fourth after the first: those are other segments. */
function isFrame(marker: number): boolean {
  return marker === 0xc0 || (marker > 0xc0 && marker <= 0xcf && marker % 4 !== 0);
}

const EXIF = 0x45_78_69_66;
const LITTLE_ENDIAN = 0x49_49;
const ORIENTATION = 0x01_12;

/** Whether Exif data states an orientation from 5 to 8 (Exif 2.32, 4.6.4). */
function isTurnedByExif(view: DataView, at: number): boolean {
  if (view.getUint32(at) !== EXIF) return false;
  const tiff = at + 6;
  const isLittle = view.getUint16(tiff) === LITTLE_ENDIAN;
  const fields = tiff + view.getUint32(tiff + 4, isLittle);
  const count = view.getUint16(fields, isLittle);
  for (let field = fields + 2; field < fields + 2 + count * 12; field += 12) {
    if (view.getUint16(field, isLittle) === ORIENTATION)
      return view.getUint16(field + 8, isLittle) >= 5;
  }
  return false;
}
