import { LRUCache } from "lru-cache";
import type { Clock } from "../clock.ts";
import type { BlobPath, StoredBytes } from "./blob.ts";
import type { Blobs } from "./blobs.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** Path, size and hash of stored bytes. */
type StoredFile = StoredBytes & { readonly path: BlobPath };

interface Kept {
  readonly sha256: string;
  readonly bytes: Bytes;
}

export interface SmallFilesParts {
  readonly blobs: Pick<Blobs, "open" | "read">;
  readonly clock: Clock;
  /** Size of the cache in bytes; 0 = disabled. */
  readonly maxBytes: number;
}

/** Maximum size of a cached file: opening it on disk costs four times as much as sending it from memory. */
const MAX_BYTES = 65_536;

/** Memory of a cached file in addition to its bytes. */
const OVERHEAD = 500;

/**
 * Milliseconds for which a file is served from memory. Then it is read and verified again: if it was damaged on disk, it
 * is refused from then on.
 */
const FRESH_MS = 10_000;

/** Cache of recently requested small files. Only verified bytes are cached. */
export class SmallFiles {
  readonly #blobs: SmallFilesParts["blobs"];
  readonly #kept: LRUCache<BlobPath, Kept> | null;
  readonly #turns = new EventLoopQueue();

  constructor({ blobs, clock, maxBytes }: SmallFilesParts) {
    this.#blobs = blobs;
    this.#kept = maxBytes === 0 ? null : keeper(maxBytes, clock);
  }

  /** Returns a file's bytes if they are in memory, else null. */
  peek({ path, sha256 }: StoredFile): Bytes | null {
    const kept = this.#kept?.get(path);
    return kept?.sha256 === sha256 ? kept.bytes : null;
  }

  /**
   * Opens a file for sending: returns the bytes of a small one; of a large one, nothing is read yet.
   * @throws Problem `internal` when they are damaged
   */
  async open(file: StoredFile): Promise<Bytes | Blob> {
    if (this.#kept === null || file.size > MAX_BYTES) return await this.#openLarge(file);
    return this.peek(file) ?? (await this.#read(file, this.#kept));
  }

  /** Sending up to 4 MB to the kernel takes milliseconds: one file per turn, or many would block all other requests. */
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
    ttl: FRESH_MS,
    ttlResolution: 0,
    perf: { now: clock },
  });
}
