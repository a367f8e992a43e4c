import type { ByteSource } from "./byte-source.ts";
import { damaged } from "./damaged.ts";
import { exifOf, orientationOf } from "./exif.ts";

const SOI = 0xd8;
const EOI = 0xd9;
const SOS = 0xda;
const APP0 = 0xe0;
const APP1 = 0xe1;
const APP2 = 0xe2;
const APP14 = 0xee;
const COM = 0xfe;

/** A JPEG file without metadata, and without what follows the image. ITU-T T.81, annex B */
export async function* cleanJpeg(source: ByteSource): AsyncGenerator<Uint8Array> {
  yield await source.take(2);
  for (;;) {
    const marker = await readMarker(source);
    if (marker === null) return;
    if (marker === EOI) return yield Uint8Array.of(0xff, EOI);
    if (isAlone(marker)) {
      yield Uint8Array.of(0xff, marker);
      continue;
    }
    const [high, low] = await source.take(2);
    if (high === undefined || low === undefined) throw damaged();
    const size = high * 256 + low - 2;
    if (size < 0) throw damaged();
    const kept = keptOf(marker, await source.take(size));
    if (kept !== null) yield segment(marker, kept);
    if (marker === SOS) yield* scan(source);
  }
}

/** The next marker, whatever fills the space before it; null at the end of a file that was cut. */
async function readMarker(source: ByteSource): Promise<number | null> {
  const [first, second] = await source.take(2);
  if (second === undefined) return null;
  if (first !== 0xff) throw damaged();
  let marker: number | undefined = second;
  while (marker === 0xff) [marker] = await source.take(1);
  return marker ?? null;
}

/** Whether a marker has no length: restarts, and two that stand alone. */
function isAlone(marker: number): boolean {
  return (marker >= 0xd0 && marker <= SOI) || marker === 0x01;
}

/** What stays of a segment; null: nothing. */
function keptOf(marker: number, data: Buffer): Uint8Array | null {
  const mark = data.toString("latin1", 0, 12);
  switch (marker) {
    case APP0:
      return mark.startsWith("JFIF\0") ? withoutThumbnail(data) : null;
    case APP1:
      return mark.startsWith("Exif\0") ? turnedOnly(data) : null;
    case APP2:
      return mark === "ICC_PROFILE\0" ? data : null;
    case APP14: // how colours are stored
      return mark.startsWith("Adobe") ? data : null;
    case COM:
      return null;
    default:
      return marker > APP0 && marker <= 0xef ? null : data;
  }
}

function withoutThumbnail(jfif: Uint8Array): Uint8Array {
  const head = new Uint8Array(14);
  head.set(jfif.subarray(0, 12));
  return head;
}

function turnedOnly(exif: Uint8Array): Uint8Array | null {
  const orientation = orientationOf(exif);
  return orientation === 1 ? null : Buffer.concat([Buffer.from("Exif\0\0"), exifOf(orientation)]);
}

function segment(marker: number, data: Uint8Array): Uint8Array {
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(data.byteLength + 2, 2);
  return Buffer.concat([head, data]);
}

/** The image data up to the next marker, which is left. */
async function* scan(source: ByteSource): AsyncGenerator<Uint8Array> {
  for (let before = new Uint8Array(); ; ) {
    const chunk = await source.next();
    if (chunk === null) return yield before;
    const bytes = before.byteLength === 0 ? chunk : Buffer.concat([before, chunk]);
    const end = endOfScan(bytes);
    if (end !== null) {
      source.giveBack(bytes.subarray(end));
      return yield bytes.subarray(0, end);
    }
    // Its last byte may begin a marker.
    const isOpen = bytes.at(-1) === 0xff;
    yield isOpen ? bytes.subarray(0, -1) : bytes;
    before = isOpen ? Uint8Array.of(0xff) : new Uint8Array();
  }
}

/** Where the marker after the image data begins; null: not in these bytes. */
function endOfScan(bytes: Uint8Array): number | null {
  for (let at = bytes.indexOf(0xff); at >= 0; at = bytes.indexOf(0xff, at + 1)) {
    const next = bytes[at + 1];
    if (next === undefined) return null;
    // A zero follows a byte of data that looks like a marker; restarts belong to the data.
    if (next !== 0 && next !== 0xff && (next < 0xd0 || next > 0xd7)) return at;
  }
  return null;
}
