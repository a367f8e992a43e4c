/** The tag of the orientation. EXIF 2.32, table 4 */
const ORIENTATION = 0x0112;
const SHORT = 3;

/** Most bytes of Exif data that are read. */
export const MOST_EXIF = 1_048_576;

/** `Exif` */
const MARK = [0x45, 0x78, 0x69, 0x66];

/**
 * How an image is to be turned, as its Exif data say: 1 to 8; 1 where they say nothing.
 * @param exif with or without the `Exif` mark before it
 */
export function orientationOf(exif: Uint8Array): number {
  const tiff = MARK.every((byte, at) => exif[at] === byte) ? exif.subarray(6) : exif;
  try {
    return readOrientation(new DataView(tiff.buffer, tiff.byteOffset, tiff.byteLength));
  } catch (error) {
    if (error instanceof RangeError) return 1; // the data end before they should
    throw error;
  }
}

/** TIFF 6.0, section 2 */
function readOrientation(tiff: DataView): number {
  const isLittle = tiff.getUint16(0) === 0x4949;
  const at = tiff.getUint32(4, isLittle);
  const count = tiff.getUint16(at, isLittle);
  for (let entry = 0; entry < count; entry++) {
    const from = at + 2 + entry * 12;
    if (tiff.getUint16(from, isLittle) !== ORIENTATION) continue;
    const value = tiff.getUint16(from + 8, isLittle);
    return value >= 1 && value <= 8 ? value : 1;
  }
  return 1;
}

/** Exif data that say an orientation and nothing else, without the `Exif` mark: 26 bytes. */
export function exifOf(orientation: number): Uint8Array {
  const tiff = new DataView(new ArrayBuffer(26));
  tiff.setUint32(0, 0x4d4d002a);
  tiff.setUint32(4, 8);
  tiff.setUint16(8, 1);
  tiff.setUint16(10, ORIENTATION);
  tiff.setUint16(12, SHORT);
  tiff.setUint32(14, 1);
  tiff.setUint16(18, orientation);
  return new Uint8Array(tiff.buffer);
}
