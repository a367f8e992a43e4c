import type { StoredBytes } from "../files/blob.ts";
import type { ManifestEntry } from "./manifest.ts";
import type { ZipEntry } from "./write-zip.ts";

/** Stored files that an archive does not contain as they were stored, by the names of its entries. */
export interface Shortfall {
  /** Not on disk, or not readable: they have no entry. */
  readonly missing: readonly string[];
  /** Read with other bytes than were stored. */
  readonly damaged: readonly string[];
}

/** Collects the manifest of an archive while its entries are written: nothing is read twice. */
export class ManifestWriter {
  readonly entries: ManifestEntry[] = [];
  readonly missing: string[] = [];

  /** An entry from a text. */
  text(name: string, text: string): ZipEntry {
    const bytes = Buffer.from(text);
    return this.stream(name, bytes.length, new Blob([bytes]).stream());
  }

  /** An entry from a stream, whose size need only be known roughly. */
  stream(name: string, size: number, bytes: AsyncIterable<Uint8Array>): ZipEntry {
    return { name, size, bytes: this.#record(name, bytes, null) };
  }

  /** An entry from a stored file; if it is not what was stored, it is marked as damaged. */
  stored(name: string, bytes: AsyncIterable<Uint8Array>, expected: StoredBytes): ZipEntry {
    return {
      name,
      size: expected.size,
      bytes: this.#record(name, untilUnreadable(bytes), expected),
    };
  }

  async *#record(
    name: string,
    bytes: AsyncIterable<Uint8Array>,
    expected: StoredBytes | null,
  ): AsyncGenerator<Uint8Array> {
    const hasher = new Bun.CryptoHasher("sha256");
    let size = 0;
    for await (const chunk of bytes) {
      size += chunk.byteLength;
      hasher.update(chunk);
      yield chunk;
    }
    const sha256 = hasher.digest("hex");
    const isWhole = expected === null || (expected.size === size && expected.sha256 === sha256);
    this.entries.push({ name, size, sha256, ...(!isWhole && { damaged: true as const }) });
  }

  /** What the archive lacks, once its entries have been written. */
  get shortfall(): Shortfall {
    const damaged = this.entries.filter((entry) => entry.damaged).map(({ name }) => name);
    return { missing: this.missing, damaged };
  }
}

/** Ends at a read error: the file is damaged then, and the rest is backed up nevertheless. */
async function* untilUnreadable(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const chunks = bytes[Symbol.asyncIterator]();
  for (;;) {
    const next = await chunks.next().catch(() => null);
    if (next === null || next.done) return;
    yield next.value;
  }
}
