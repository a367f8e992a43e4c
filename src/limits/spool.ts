import { mkdirSync } from "node:fs";
import { type FileHandle, open, rm } from "node:fs/promises";
import { join } from "node:path";
import { explainDiskFull } from "../os/system-error.ts";

/** Most bytes in memory; more go to disk. */
const IN_MEMORY = 16_384;

interface SpoolParts {
  /** Count bytes in memory and on disk; throw Problem `busy`. */
  readonly hold: (bytes: number) => void;
  readonly holdOnDisk: (bytes: number) => void;
  readonly folder: string;
  readonly onDisk: () => void;
}

/**
 * Bytes of a form under way: a few in memory, more in a file that has no name, so that the kernel removes it with the
 * process. Counts what it takes until it is disposed of.
 */
export class Spool implements AsyncDisposable {
  readonly #parts: SpoolParts;
  /** Grown as needed: a slow client's pieces, each by itself, would take much more than their bytes. */
  #memory: Buffer<ArrayBuffer> = Buffer.alloc(0);
  #size = 0;
  #file: FileHandle | null = null;
  #held = 0;

  constructor(parts: SpoolParts) {
    this.#parts = parts;
  }

  get size(): number {
    return this.#size;
  }

  /** @throws Problem `busy`, `storage_full`, and what `onDisk` throws */
  async write(bytes: Uint8Array): Promise<void> {
    if (this.#file === null && this.#size + bytes.byteLength <= IN_MEMORY) this.#keep(bytes);
    else await this.#append(bytes);
  }

  /**
   * Returns all bytes, which count as in memory from now on, with the text that is made of them.
   * @throws Problem `busy`
   */
  async read(): Promise<Buffer<ArrayBuffer>> {
    if (this.#file === null) return this.#memory.subarray(0, this.#size);
    this.#hold(2 * this.#size);
    const bytes = Buffer.allocUnsafeSlow(this.#size);
    for (let at = 0; at < bytes.byteLength; ) {
      const { bytesRead } = await this.#file.read(bytes, at, bytes.byteLength - at, at);
      if (bytesRead === 0) throw new Error("A form's file is shorter than what was written");
      at += bytesRead;
    }
    return bytes;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#hold(0);
    this.#memory = Buffer.alloc(0);
    const file = this.#file;
    if (file === null) return;
    this.#file = null;
    this.#parts.holdOnDisk(-this.#size);
    await file.close();
  }

  #keep(bytes: Uint8Array): void {
    const size = this.#size + bytes.byteLength;
    if (size > this.#memory.byteLength) {
      const capacity = Math.min(IN_MEMORY, Math.max(1024, 2 * this.#memory.byteLength, size));
      this.#hold(capacity);
      const grown = Buffer.allocUnsafeSlow(capacity);
      this.#memory.copy(grown, 0, 0, this.#size);
      this.#memory = grown;
    }
    this.#memory.set(bytes, this.#size);
    this.#size = size;
  }

  async #append(bytes: Uint8Array): Promise<void> {
    this.#file ??= await this.#moveToDisk();
    this.#parts.holdOnDisk(bytes.byteLength);
    const at = this.#size;
    this.#size += bytes.byteLength;
    await writeAll(this.#file, bytes, at);
  }

  async #moveToDisk(): Promise<FileHandle> {
    const { holdOnDisk, folder, onDisk } = this.#parts;
    onDisk();
    holdOnDisk(this.#size);
    const file = await openNameless(folder).catch((thrown: unknown) => {
      holdOnDisk(-this.#size);
      throw thrown;
    });
    try {
      await writeAll(file, this.#memory.subarray(0, this.#size), 0);
    } catch (thrown) {
      holdOnDisk(-this.#size);
      await file.close();
      throw thrown;
    }
    this.#memory = Buffer.alloc(0);
    this.#hold(0);
    return file;
  }

  #hold(bytes: number): void {
    this.#parts.hold(bytes - this.#held);
    this.#held = bytes;
  }
}

async function openNameless(folder: string): Promise<FileHandle> {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const path = join(folder, Bun.randomUUIDv7());
    const file = await open(path, "wx+", 0o600);
    await rm(path);
    return file;
  } catch (thrown) {
    throw explainDiskFull(thrown);
  }
}

async function writeAll(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  try {
    for (let written = 0; written < bytes.byteLength; ) {
      const length = bytes.byteLength - written;
      const more = await file.write(bytes, written, length, position + written);
      written += more.bytesWritten;
    }
  } catch (thrown) {
    throw explainDiskFull(thrown);
  }
}
