import { closeSync, openSync, readSync } from "node:fs";
import { type Entry, fromFdPromise, getFileNameLowLevel, type ZipFile } from "yauzl";
import { Problem } from "../problem.ts";
import { BytesError, type PackedBytes, unpack } from "./packed-bytes.ts";
import { text } from "./text.en.ts";
import { MAX_NAME } from "./value-ranges.ts";

/** The form field of an archive: what is wrong with one is reported on it. */
export const ARCHIVE_FIELD = "backup_file";

/** A file in an archive. */
export interface ArchiveEntry {
  readonly name: string;
  /** Unpacked. */
  readonly size: number;
  readonly packed: number;
  /** Offset of its local header. */
  readonly header: number;
  readonly isDeflated: boolean;
  readonly crc: number;
}

/**
 * Most entries of an archive: all are held in memory before it is known which of them are used. A user's archive has at
 * most one for each link, and some beside; that of the operator has one for each file of the site.
 */
export const USER_ENTRIES = 250_200;
export const SITE_ENTRIES = 20_000_000;

/** A zip that unpacks to more than this, and to so many times its own size, is a bomb. */
const SUSPICIOUS_BYTES = 104_857_600;
const SUSPICIOUS_RATIO = 200;

/** Smallest size of an entry's local header, without its name (APPNOTE 4.3.7). */
const HEAD_BYTES = 30;
const HEAD_SIGNATURE = 0x04034b50;

const DEFLATED = 8;
const STORED = 0;

/** An untrusted zip, whose directory has been read and checked. */
export class Archive implements Disposable {
  readonly entries: ReadonlyMap<string, ArchiveEntry>;
  /** Of all entries, unpacked. */
  readonly size: number;
  readonly #file: number;

  private constructor(file: number, entries: ReadonlyMap<string, ArchiveEntry>) {
    this.#file = file;
    this.entries = entries;
    this.size = sumOf(entries, ({ size }) => size);
  }

  /**
   * Opens a zip and reads its directory.
   * @throws Problem `invalid` on `backup_file` if it is not a zip, or not like one of a backup
   */
  static async open(path: string, maxEntries = USER_ENTRIES): Promise<Archive> {
    const file = openSync(path, "r");
    try {
      return await Archive.read(file, maxEntries);
    } catch (thrown) {
      closeSync(file);
      throw thrown;
    }
  }

  /** The same of an open file, which is closed with the archive; `tooMany` refuses more entries. */
  static async read(
    file: number,
    maxEntries: number,
    tooMany = text.tooManyEntries,
  ): Promise<Archive> {
    const zip = await openZip(file);
    if (zip.entryCount > maxEntries) throw refused(tooMany);
    const entries = await readDirectory(zip);
    refuseBombs(entries);
    refuseOverlaps(entries);
    return new Archive(file, entries);
  }

  /**
   * Finds the bytes of an entry.
   * @throws Problem `invalid` on `backup_file`
   */
  locate(name: string, sha256: string | null): PackedBytes {
    const entry = this.entries.get(name);
    if (entry === undefined) throw refused(text.noEntry(name));
    const { packed, isDeflated, size, crc } = entry;
    return { at: this.#startOf(entry), packed, isDeflated, size, crc, sha256 };
  }

  /**
   * Streams an entry's unpacked bytes. They are complete, and match `sha256`, if the stream ends without an error.
   * @throws Problem `invalid` on `backup_file` if they are damaged
   */
  async *read(name: string, sha256: string | null = null): AsyncGenerator<Uint8Array> {
    yield* readEntry(this.#file, name, this.locate(name, sha256));
  }

  /**
   * Reads an entry as text; null if the archive has no entry of that name.
   * @throws Problem `invalid` on `backup_file` past `maxBytes`, or if it is damaged or not UTF-8
   */
  async readText(name: string, maxBytes: number): Promise<string | null> {
    const entry = this.entries.get(name);
    if (entry === undefined) return null;
    if (entry.size > maxBytes) throw refused(text.tooLarge(name, maxBytes));
    const bytes = Buffer.concat(await Array.fromAsync(this.read(name)));
    try {
      return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    } catch {
      throw refused(text.notUtf8(name));
    }
  }

  [Symbol.dispose](): void {
    closeSync(this.#file);
  }

  /** Behind the local header, whose name and extra field may be longer than those of the directory. */
  #startOf({ name, header }: ArchiveEntry): number {
    const bytes = Buffer.alloc(HEAD_BYTES);
    const isWhole = readSync(this.#file, bytes, 0, HEAD_BYTES, header) === HEAD_BYTES;
    if (!isWhole || bytes.readUInt32LE(0) !== HEAD_SIGNATURE) throw refused(text.damaged(name));
    return header + HEAD_BYTES + bytes.readUInt16LE(26) + bytes.readUInt16LE(28);
  }
}

/**
 * Streams the unpacked bytes of the entry `name` of an open zip. They are complete if the stream ends without an error.
 * @throws Problem `invalid` on `backup_file` if they are damaged
 */
export async function* readEntry(
  file: number,
  name: string,
  bytes: PackedBytes,
): AsyncGenerator<Uint8Array> {
  try {
    yield* unpack(file, bytes);
  } catch (cause) {
    throw cause instanceof BytesError ? refused(text[cause.fault](name), cause) : cause;
  }
}

/** Refusal of an archive, on its form field. */
export function refused(message: string, cause?: unknown): Problem {
  return new Problem("invalid", message, { fields: { [ARCHIVE_FIELD]: message }, cause });
}

async function openZip(file: number): Promise<ZipFile> {
  const options = { autoClose: false, decodeStrings: false };
  return await fromFdPromise(file, options).catch((cause) => {
    throw refused(text.notZip, cause);
  });
}

async function readDirectory(zip: ZipFile): Promise<Map<string, ArchiveEntry>> {
  const found = new Map<string, ArchiveEntry>();
  try {
    for await (const entry of zip.eachEntry()) {
      const name = nameOf(entry);
      requirePlain(entry, name);
      if (found.has(name)) throw refused(text.duplicate(name));
      if (!name.endsWith("/")) found.set(name, entryOf(name, entry));
    }
  } catch (thrown) {
    if (thrown instanceof Problem) throw thrown;
    throw refused(text.damagedDirectory, thrown);
  }
  return found;
}

/** Names are never used as paths here; one that would be dangerous elsewhere still shows what the archive is. */
function nameOf({ generalPurposeBitFlag, fileNameRaw, extraFields }: Entry): string {
  const name = getFileNameLowLevel(generalPurposeBitFlag, fileNameRaw, extraFields, true);
  if (name.length > MAX_NAME) throw refused(text.nameTooLong);
  const segments = name.replace(/\/$/, "").split("/");
  const isUnsafe =
    name === "" ||
    /[\\\p{Cc}]|^[A-Za-z]:/u.test(name) ||
    segments.some((segment) => segment === "" || segment === "." || segment === "..");
  if (isUnsafe) throw refused(text.pathOutside(name));
  return name;
}

function requirePlain(entry: Entry, name: string): void {
  if (entry.isEncrypted()) throw refused(text.encrypted);
  if (entry.compressionMethod !== STORED && entry.compressionMethod !== DEFLATED) {
    throw refused(text.unknownCompression(name));
  }
  if (!isPlainFile(entry, name)) throw refused(text.notFile(name));
}

const TYPE_OF_FILE = 0o170000;
const PLAIN = 0o100000;
const FOLDER = 0o040000;

/** Archives from other systems than Unix, or from simple programs, have no file types. */
function isPlainFile({ externalFileAttributes }: Entry, name: string): boolean {
  const type = (externalFileAttributes >>> 16) & TYPE_OF_FILE;
  return type === 0 || type === (name.endsWith("/") ? FOLDER : PLAIN);
}

function entryOf(name: string, entry: Entry): ArchiveEntry {
  return {
    name,
    size: entry.uncompressedSize,
    packed: entry.compressedSize,
    header: entry.relativeOffsetOfLocalHeader,
    isDeflated: entry.compressionMethod === DEFLATED,
    crc: entry.crc32,
  };
}

function refuseBombs(entries: ReadonlyMap<string, ArchiveEntry>): void {
  const packed = sumOf(entries, (entry) => entry.packed);
  const unpacked = sumOf(entries, (entry) => entry.size);
  if (unpacked > SUSPICIOUS_BYTES && unpacked > packed * SUSPICIOUS_RATIO) {
    throw refused(text.bomb(unpacked));
  }
}

/** Entries that share bytes unpack to any size. */
function refuseOverlaps(entries: ReadonlyMap<string, ArchiveEntry>): void {
  const inOrder = [...entries.values()].sort((a, b) => a.header - b.header);
  let end = 0;
  for (const { name, header, packed } of inOrder) {
    if (header < end) throw refused(text.overlap);
    end = header + HEAD_BYTES + Buffer.byteLength(name) + packed;
  }
}

function sumOf(
  entries: ReadonlyMap<string, ArchiveEntry>,
  numberOf: (entry: ArchiveEntry) => number,
): number {
  let sum = 0;
  for (const entry of entries.values()) sum += numberOf(entry);
  return sum;
}
