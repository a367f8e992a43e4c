import { crc32 } from "node:zlib";
import { type Entry, getFileNameLowLevel, openPromise, type ZipFile } from "yauzl";
import { Problem } from "../problem.ts";
import { formatBytes } from "../text/format.ts";

/** The field that brings an archive; what is wrong with one is said of it. */
export const ARCHIVE_FIELD = "backup_file";

/** A file in an archive. */
export interface ArchiveEntry {
  readonly name: string;
  /** Unpacked. */
  readonly size: number;
}

/** Entries that are looked at: more would be held in memory before it is known which of them are wanted. */
const MAX_ENTRIES = 250_000;

/** A zip that unpacks to more than this, and to so many times its own size, is made to fill disks. */
const SUSPICIOUS_BYTES = 104_857_600;
const SUSPICIOUS_RATIO = 200;

/** An entry's head, without its name (APPNOTE 4.3.7): it takes this much at least. */
const HEAD_BYTES = 30;

const DEFLATED = 8;
const STORED = 0;

/** A zip that somebody made, of which nothing is believed. Its directory was read and is in order. */
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
   * @throws Problem `invalid` on `backup_file` for whatever is no zip, or one that no backup would be
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
   * An entry's bytes, unpacked as they are asked for. Whoever reads to the end knows that they are whole.
   * @throws Problem `invalid` on `backup_file` where they are damaged
   */
  async *read(name: string): AsyncGenerator<Uint8Array> {
    const entry = this.#found.get(name);
    if (entry === undefined) throw refused(`The archive has no "${name}".`);
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
   * A whole entry as text; null where the archive has none of that name.
   * @throws Problem `invalid` on `backup_file` past `maxBytes`, or where it is damaged or no UTF-8
   */
  async readText(name: string, maxBytes: number): Promise<string | null> {
    const entry = this.entries.get(name);
    if (entry === undefined) return null;
    if (entry.size > maxBytes) {
      throw refused(`"${name}" in the archive has more than ${formatBytes(maxBytes)}.`);
    }
    const bytes = Buffer.concat(await Array.fromAsync(this.read(name)));
    try {
      return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    } catch {
      throw refused(`"${name}" in the archive is no text.`);
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

/** What is wrong with an archive, said of the field that brought it. */
export function refused(message: string, cause?: unknown): Problem {
  return new Problem("invalid", message, { fields: { [ARCHIVE_FIELD]: message }, cause });
}

function damaged(name: string, cause?: unknown): Problem {
  return refused(`"${name}" in the archive is damaged.`, cause);
}

async function openZip(path: string): Promise<ZipFile> {
  const options = { autoClose: false, decodeStrings: false };
  const zip = await openPromise(path, options).catch((cause) => {
    throw refused("This is no zip file, or its end is missing.", cause);
  });
  if (zip.entryCount <= MAX_ENTRIES) return zip;
  zip.close();
  throw refused("The archive has far more entries than any backup.");
}

async function readDirectory(zip: ZipFile): Promise<Map<string, Entry>> {
  const found = new Map<string, Entry>();
  try {
    for await (const entry of zip.eachEntry()) {
      const name = nameOf(entry);
      requirePlain(entry, name);
      if (found.has(name)) throw refused(`The archive has "${name}" twice.`);
      if (!name.endsWith("/")) found.set(name, entry);
    }
  } catch (thrown) {
    if (thrown instanceof Problem) throw thrown;
    throw refused("The directory of the zip file is damaged.", thrown);
  }
  return found;
}

/** Names are never used as paths here; one that would lead astray elsewhere still shows what the archive is. */
function nameOf({ generalPurposeBitFlag, fileNameRaw, extraFields }: Entry): string {
  const name = getFileNameLowLevel(generalPurposeBitFlag, fileNameRaw, extraFields, true);
  const segments = name.replace(/\/$/, "").split("/");
  const leadsAstray =
    name === "" ||
    /[\\\p{Cc}]|^[A-Za-z]:/u.test(name) ||
    segments.some((segment) => segment === "" || segment === "." || segment === "..");
  if (leadsAstray) throw refused(`The archive has an entry whose path leads outside: "${name}".`);
  return name;
}

function requirePlain(entry: Entry, name: string): void {
  if (entry.isEncrypted()) throw refused("The archive is encrypted. Make one without a password.");
  if (entry.compressionMethod !== STORED && entry.compressionMethod !== DEFLATED) {
    throw refused(`"${name}" is packed in a way that is not known here.`);
  }
  if (!isPlainFile(entry, name)) {
    throw refused(`"${name}" in the archive is a symbolic link or something else that is no file.`);
  }
}

const TYPE_OF_FILE = 0o170000;
const PLAIN = 0o100000;
const FOLDER = 0o040000;

/** Archives made elsewhere than on Unix, or by simple programs, tell no type. */
function isPlainFile({ externalFileAttributes }: Entry, name: string): boolean {
  const type = (externalFileAttributes >>> 16) & TYPE_OF_FILE;
  return type === 0 || type === (name.endsWith("/") ? FOLDER : PLAIN);
}

function refuseBombs(found: ReadonlyMap<string, Entry>): void {
  const entries = [...found.values()];
  const packed = entries.reduce((sum, { compressedSize }) => sum + compressedSize, 0);
  const unpacked = entries.reduce((sum, { uncompressedSize }) => sum + uncompressedSize, 0);
  if (unpacked > SUSPICIOUS_BYTES && unpacked > packed * SUSPICIOUS_RATIO) {
    throw refused(`The archive would unpack to ${formatBytes(unpacked)}: far more than it has.`);
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
    if (start < end) throw refused("Entries of the archive lie over each other.");
    end = start + HEAD_BYTES + fileNameLength + compressedSize;
  }
}
