import { crc32 } from "node:zlib";

/** A file to be written into a zip. */
export interface ZipEntry {
  /** A path with `/` between its parts. */
  readonly name: string;
  /** Expected size, roughly: files of 4 GB and more need the zip64 format. */
  readonly size: number;
  readonly bytes: AsyncIterable<Uint8Array>;
}

/** An entry that has been written. */
interface WrittenEntry {
  readonly name: Buffer;
  readonly size: number;
  readonly crc: number;
  /** Offset of its local header. */
  readonly at: number;
  readonly isLong: boolean;
}

/** Values of 16-bit and 32-bit fields whose real value is in the zip64 field. */
const MANY = 0xffff;
const LONG = 0xffffffff;

/** Sizes follow the bytes (bit 3), and names are UTF-8 (bit 11). */
const FLAGS = 0x0808;
const STORED = 0;
const VERSION = 20;
const ZIP64_VERSION = 45;

/** Made on Unix; a plain file with mode 600. */
const UNIX = 3 << 8;
const PRIVATE_FILE = (0o100600 << 16) >>> 0;

/**
 * Streams a zip of `entries`, stored without compression (PKWARE APPNOTE 6.3.10). Nothing is read ahead, and only the
 * directory is held in memory. `at`: the time of all entries, in milliseconds since 1970 UTC.
 */
export async function* writeZip(
  entries: AsyncIterable<ZipEntry>,
  at: number,
): AsyncGenerator<Uint8Array> {
  const stamp = dosTime(at);
  const directory = new Bun.ArrayBufferSink();
  let count = 0;
  let written = 0;
  for await (const entry of entries) {
    const isLong = entry.size >= LONG / 2;
    const name = Buffer.from(entry.name);
    const head = localHead(name, isLong, stamp);
    yield head;
    const { size, crc } = yield* pass(entry, isLong);
    const end = descriptor(size, crc, isLong);
    yield end;
    directory.write(directoryEntry({ name, size, crc, at: written, isLong }, stamp));
    count++;
    written += head.length + size + end.length;
  }
  const rows = new Uint8Array(directory.end() as ArrayBuffer);
  yield rows;
  yield directoryEnd(count, written, rows.length);
}

async function* pass(
  { name, bytes }: ZipEntry,
  isLong: boolean,
): AsyncGenerator<Uint8Array, Pick<WrittenEntry, "size" | "crc">> {
  let size = 0;
  let crc = 0;
  for await (const chunk of bytes) {
    size += chunk.byteLength;
    if (size >= LONG && !isLong) throw new Error(`Larger than announced: ${name}`);
    crc = crc32(chunk, crc);
    yield chunk;
  }
  return { size, crc };
}

function localHead(name: Buffer, isLong: boolean, stamp: Stamp): Buffer {
  const size = isLong ? LONG : 0;
  const extra = isLong ? zip64Field([0, 0]) : Buffer.alloc(0);
  const fixed = pack(
    [4, 0x04034b50],
    [2, isLong ? ZIP64_VERSION : VERSION],
    [2, FLAGS],
    [2, STORED],
    [2, stamp.time],
    [2, stamp.date],
    [4, 0],
    [4, size],
    [4, size],
    [2, name.length],
    [2, extra.length],
  );
  return Buffer.concat([fixed, name, extra]);
}

function descriptor(size: number, crc: number, isLong: boolean): Buffer {
  const width = isLong ? 8 : 4;
  return pack([4, 0x08074b50], [4, crc], [width, size], [width, size]);
}

function directoryEntry({ name, size, crc, at, isLong }: WrittenEntry, stamp: Stamp): Buffer {
  const long = [...(isLong ? [size, size] : []), ...(at >= LONG ? [at] : [])];
  const extra = long.length > 0 ? zip64Field(long) : Buffer.alloc(0);
  const version = long.length > 0 ? ZIP64_VERSION : VERSION;
  const fixed = pack(
    [4, 0x02014b50],
    [2, UNIX | version],
    [2, version],
    [2, FLAGS],
    [2, STORED],
    [2, stamp.time],
    [2, stamp.date],
    [4, crc],
    [4, isLong ? LONG : size],
    [4, isLong ? LONG : size],
    [2, name.length],
    [2, extra.length],
    [2, 0],
    [2, 0],
    [2, 0],
    [4, PRIVATE_FILE],
    [4, Math.min(at, LONG)],
  );
  return Buffer.concat([fixed, name, extra]);
}

function zip64Field(values: readonly number[]): Buffer {
  return pack([2, 1], [2, values.length * 8], ...values.map((value) => [8, value] as const));
}

function directoryEnd(count: number, at: number, length: number): Buffer {
  const fits = count < MANY && at < LONG && length < LONG;
  const end = pack(
    [4, 0x06054b50],
    [2, 0],
    [2, 0],
    [2, Math.min(count, MANY)],
    [2, Math.min(count, MANY)],
    [4, Math.min(length, LONG)],
    [4, Math.min(at, LONG)],
    [2, 0],
  );
  return fits ? end : Buffer.concat([zip64End(count, at, length), end]);
}

function zip64End(count: number, at: number, length: number): Buffer {
  return pack(
    [4, 0x06064b50],
    [8, 44],
    [2, UNIX | ZIP64_VERSION],
    [2, ZIP64_VERSION],
    [4, 0],
    [4, 0],
    [8, count],
    [8, count],
    [8, length],
    [8, at],
    [4, 0x07064b50],
    [4, 0],
    [8, at + length],
    [4, 1],
  );
}

/** Packs integers of the given widths, little-endian. */
function pack(...fields: readonly (readonly [bytes: 2 | 4 | 8, value: number])[]): Buffer {
  const packed = Buffer.alloc(fields.reduce((sum, [bytes]) => sum + bytes, 0));
  let at = 0;
  for (const [bytes, value] of fields) {
    if (bytes === 8) packed.writeBigUInt64LE(BigInt(value), at);
    else packed.writeUIntLE(value, at, bytes);
    at += bytes;
  }
  return packed;
}

interface Stamp {
  readonly date: number;
  readonly time: number;
}

/** Converts to MS-DOS time: years since 1980, two-second steps. */
function dosTime(ms: number): Stamp {
  const at = new Date(Math.max(ms, Date.UTC(1980, 0, 1)));
  return {
    date: ((at.getUTCFullYear() - 1980) << 9) | ((at.getUTCMonth() + 1) << 5) | at.getUTCDate(),
    time: (at.getUTCHours() << 11) | (at.getUTCMinutes() << 5) | (at.getUTCSeconds() >> 1),
  };
}
