import type { StoredBytes } from "../files/blob.ts";
import type { ManifestEntry } from "./manifest.ts";
import type { ZipEntry } from "./write-zip.ts";

/** Notes what goes into an archive while it passes: nothing is read twice. */
export class Ledger {
  readonly entries: ManifestEntry[] = [];
  /** Stored bytes that are gone from the disk: there is no entry for them. */
  readonly missing: string[] = [];

  /** A text as an entry. */
  text(name: string, text: string): ZipEntry {
    const bytes = Buffer.from(text);
    return this.stream(name, bytes.length, inOnePiece(bytes));
  }

  /** An entry whose size is known about. */
  stream(name: string, size: number, bytes: AsyncIterable<Uint8Array>): ZipEntry {
    return { name, size, bytes: this.#note(name, bytes, null) };
  }

  /** Stored bytes as an entry; where they are not what was stored, the ledger says so. */
  stored(name: string, bytes: AsyncIterable<Uint8Array>, expected: StoredBytes): ZipEntry {
    return { name, size: expected.size, bytes: this.#note(name, untilUnreadable(bytes), expected) };
  }

  async *#note(
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

  /** The names of what is not on the disk as it was stored. */
  get damaged(): readonly string[] {
    const damaged = this.entries.filter((entry) => entry.damaged).map(({ name }) => name);
    return [...damaged, ...this.missing];
  }
}

/** What a disk does not give back is damage, and no reason to leave the rest behind. */
async function* untilUnreadable(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const chunks = bytes[Symbol.asyncIterator]();
  for (;;) {
    const next = await chunks.next().catch(() => null);
    if (next === null || next.done) return;
    yield next.value;
  }
}

async function* inOnePiece(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
