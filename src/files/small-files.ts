import { LRUCache } from "lru-cache";
import type { Clock } from "../clock.ts";
import type { BlobPath, StoredBytes } from "./blob.ts";
import type { Blobs } from "./blobs.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** Where stored bytes are, and what they are. */
type StoredFile = StoredBytes & { readonly path: BlobPath };

interface Kept {
  readonly sha256: string;
  readonly bytes: Bytes;
}

export interface SmallFilesParts {
  readonly blobs: Pick<Blobs, "open" | "read">;
  readonly clock: Clock;
  /** How many bytes are kept; 0: none. */
  readonly maxBytes: number;
}

/** Opening a file of the disk costs four times what sending so few bytes from memory does. */
const MOST_BYTES = 65_536;

/** What a kept file takes beside its bytes. */
const OVERHEAD = 500;

/**
 * Milliseconds for which memory is believed. Then a file is read again: one that was damaged on the disk is answered
 * rightly for so long, and then not at all.
 */
const BELIEVED_MS = 10_000;

/** Small files that were asked for of late, in memory; none comes in that is not, byte for byte, what was stored. */
export class SmallFiles {
  readonly #blobs: SmallFilesParts["blobs"];
  readonly #kept: LRUCache<BlobPath, Kept> | null;
  readonly #turns = new EventLoopQueue();

  constructor({ blobs, clock, maxBytes }: SmallFilesParts) {
    this.#blobs = blobs;
    this.#kept = maxBytes === 0 ? null : keeper(maxBytes, clock);
  }

  /** A file's bytes where they are in memory, else null. */
  peek({ path, sha256 }: StoredFile): Bytes | null {
    const kept = this.#kept?.get(path);
    return kept?.sha256 === sha256 ? kept.bytes : null;
  }

  /**
   * A file's bytes to be sent: a small one's themselves, of a large one nothing is read yet.
   * @throws Problem `internal` when they are damaged
   */
  async open(file: StoredFile): Promise<Bytes | Blob> {
    if (this.#kept === null || file.size > MOST_BYTES) return await this.#openLarge(file);
    return this.peek(file) ?? (await this.#read(file, this.#kept));
  }

  /** The kernel takes up to 4 MB of a file at once, which takes milliseconds: a thousand would hold up all others. */
  async #openLarge(file: StoredFile): Promise<Blob> {
    const bytes = await this.#blobs.open(file);
    await this.#turns.next();
    return bytes;
  }

  async #read(file: StoredFile, kept: LRUCache<BlobPath, Kept>): Promise<Bytes> {
    const bytes = await this.#blobs.read(file);
    kept.set(file.path, { sha256: file.sha256, bytes });
    return bytes;
  }
}

/** Spreads work over turns of the event loop: each caller continues in a turn of its own. */
class EventLoopQueue {
  #last: Promise<void> = Promise.resolve();

  next(): Promise<void> {
    this.#last = this.#last.then(() => new Promise((resolve) => setImmediate(resolve)));
    return this.#last;
  }
}

function keeper(maxSize: number, clock: Clock): LRUCache<BlobPath, Kept> {
  return new LRUCache({
    maxSize,
    sizeCalculation: ({ bytes }) => bytes.byteLength + OVERHEAD,
    ttl: BELIEVED_MS,
    ttlResolution: 0,
    perf: { now: clock },
  });
}
