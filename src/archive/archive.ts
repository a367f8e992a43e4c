import { crc32 } from "node:zlib";
import { type Entry, getFileNameLowLevel, openPromise, type ZipFile } from "yauzl";
import { Problem } from "../problem.ts";
import { text } from "./text.en.ts";

/** The form field of an archive: what is wrong with one is reported on it. */
export const ARCHIVE_FIELD = "backup_file";

/** A file in an archive. */
export interface ArchiveEntry {
  readonly name: string;
  /** Unpacked. */
  readonly size: number;
}

/** Most entries of an archive: all are held in memory before it is known which of them are used. */
const MAX_ENTRIES = 250_000;

/** A zip that unpacks to more than this, and to so many times its own size, is a bomb. */
const SUSPICIOUS_BYTES = 104_857_600;
const SUSPICIOUS_RATIO = 200;

/** Smallest size of an entry's local header, without its name (APPNOTE 4.3.7). */
const HEAD_BYTES = 30;

const DEFLATED = 8;
const STORED = 0;

/** An untrusted zip, whose directory has been read and checked. */
export class Archive implements Disposable {
  readonly entries: ReadonlyMap<string, ArchiveEntry>;
  /** Of all entries, unpacked. */
  readonly size: number;
  readonly #zip: ZipFile;
  readonly #found: ReadonlyMap<string, Entry>;

  private constructor(zip: ZipFile, found: ReadonlyMap<string, Entry>) {
    this.#zip = zip;
    this.#found = found;
    const files = [...found].map(([name, { uncompressedSize }]) => ({
      name,
      size: uncompressedSize,
    }));
    this.entries = new Map(files.map((entry) => [entry.name, entry]));
    this.size = files.reduce((sum, { size }) => sum + size, 0);
  }

  /**
   * Opens a zip and reads its directory.
   * @throws Problem `invalid` on `backup_file` if it is not a zip, or not like one of a backup
   */
  static async open(path: string): Promise<Archive> {
    const zip = await openZip(path);
    try {
      const found = await readDirectory(zip);
      refuseBombs(found);
      return new Archive(zip, found);
    } catch (error) {
      zip.close();
      throw error;
    }
  }

  /**
   * Streams an entry's unpacked bytes. They are complete if the stream ends without an error.
   * @throws Problem `invalid` on `backup_file` if they are damaged
   */
  async *read(name: string): AsyncGenerator<Uint8Array> {
    const entry = this.#found.get(name);
    if (entry === undefined) throw refused(text.noEntry(name));
    let size = 0;
    let crc = 0;
    for await (const chunk of this.#unpack(entry, name)) {
      size += chunk.byteLength;
      crc = crc32(chunk, crc);
      yield chunk;
    }
    if (size !== entry.uncompressedSize || crc !== entry.crc32) throw damaged(name);
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
    this.#zip.close();
  }

  async *#unpack(entry: Entry, name: string): AsyncGenerator<Uint8Array> {
    try {
      yield* await this.#zip.openReadStreamPromise(entry);
    } catch (cause) {
      throw damaged(name, cause);
    }
  }
}

/** Refusal of an archive, on its form field. */
export function refused(message: string, cause?: unknown): Problem {
  return new Problem("invalid", message, { fields: { [ARCHIVE_FIELD]: message }, cause });
}

function damaged(name: string, cause?: unknown): Problem {
  return refused(text.damaged(name), cause);
}

async function openZip(path: string): Promise<ZipFile> {
  const options = { autoClose: false, decodeStrings: false };
  const zip = await openPromise(path, options).catch((cause) => {
    throw refused(text.notZip, cause);
  });
  if (zip.entryCount <= MAX_ENTRIES) return zip;
  zip.close();
  throw refused(text.tooManyEntries);
}

async function readDirectory(zip: ZipFile): Promise<Map<string, Entry>> {
  const found = new Map<string, Entry>();
  try {
    for await (const entry of zip.eachEntry()) {
      const name = nameOf(entry);
      requirePlain(entry, name);
      if (found.has(name)) throw refused(text.duplicate(name));
      if (!name.endsWith("/")) found.set(name, entry);
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

function refuseBombs(found: ReadonlyMap<string, Entry>): void {
  const entries = [...found.values()];
  const packed = entries.reduce((sum, { compressedSize }) => sum + compressedSize, 0);
  const unpacked = entries.reduce((sum, { uncompressedSize }) => sum + uncompressedSize, 0);
  if (unpacked > SUSPICIOUS_BYTES && unpacked > packed * SUSPICIOUS_RATIO) {
    throw refused(text.bomb(unpacked));
  }
  refuseOverlaps(entries);
}

/** Entries that share bytes unpack to any size. */
function refuseOverlaps(entries: readonly Entry[]): void {
  const inOrder = entries.toSorted(
    (a, b) => a.relativeOffsetOfLocalHeader - b.relativeOffsetOfLocalHeader,
  );
  let end = 0;
  for (const { relativeOffsetOfLocalHeader: start, compressedSize, fileNameLength } of inOrder) {
    if (start < end) throw refused(text.overlap);
    end = start + HEAD_BYTES + fileNameLength + compressedSize;
  }
}
