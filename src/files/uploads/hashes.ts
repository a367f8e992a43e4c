import type { FileHandle } from "node:fs/promises";

/** A SHA-256 of the first bytes of an upload. */
interface Hash {
  readonly hasher: Bun.CryptoHasher;
  readonly bytes: number;
}

/** Uploads whose hash is kept in memory. */
const MOST = 200;

/** Bytes that are read at a time. */
const PORTION = 1_048_576;

/**
 * SHA-256 of uploads, computed while they arrive. What another process has received, or this one before it was started
 * again, is read once.
 */
export class Hashes {
  readonly #hashes = new Map<string, Hash>();

  /** Begins to hash what arrives from byte `offset` on; null if what comes before is not hashed here. */
  beginAt(id: string, offset: number): Bun.CryptoHasher | null {
    if (offset === 0) return new Bun.CryptoHasher("sha256");
    const known = this.#hashes.get(id);
    return known?.bytes === offset ? known.hasher.copy() : null;
  }

  keep(id: string, hasher: Bun.CryptoHasher, bytes: number): void {
    this.#hashes.delete(id);
    this.#hashes.set(id, { hasher, bytes });
    if (this.#hashes.size > MOST) this.forget(this.#hashes.keys().next().value ?? "");
  }

  forget(id: string): void {
    this.#hashes.delete(id);
  }

  /** The hash of the first `size` bytes of a file, in hex. */
  async finish(id: string, file: FileHandle, size: number): Promise<string> {
    const known = this.#hashes.get(id);
    const isKnown = known !== undefined && known.bytes <= size;
    const hasher = isKnown ? known.hasher.copy() : new Bun.CryptoHasher("sha256");
    const buffer = new Uint8Array(PORTION);
    for (let at = isKnown ? known.bytes : 0; at < size; ) {
      const { bytesRead } = await file.read(buffer, 0, Math.min(PORTION, size - at), at);
      if (bytesRead === 0)
        throw new Error(`The file of upload ${id} ends at byte ${at} of ${size}`);
      hasher.update(buffer.subarray(0, bytesRead));
      at += bytesRead;
    }
    this.keep(id, hasher, size);
    return hasher.copy().digest("hex");
  }
}
