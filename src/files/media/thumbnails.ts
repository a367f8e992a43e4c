import { tmpdir } from "node:os";
import { LRUCache } from "lru-cache";
import { Problem } from "../../problem.ts";
import type { BlobPath, StoredBytes } from "../blob.ts";
import type { Blobs } from "../blobs.ts";
import { text } from "../text.en.ts";
import script from "./draw-thumbnail.js" with { type: "text" };

/** A stored file that may have a thumbnail. */
export interface Drawable extends StoredBytes {
  readonly path: BlobPath;
  /** Media type. */
  readonly type: string;
}

/** A thumbnail as WebP; `none` if the bytes cannot be decoded. */
export type Thumbnail = Uint8Array<ArrayBuffer> | "none";

/** Image types that Bun.Image reads on every machine. */
const DRAWN_TYPES: ReadonlySet<string> = new Set(
  ["png", "jpeg", "webp", "gif", "bmp"].map((format) => `image/${format}`),
);

/** Maximum size of a file: the child process holds it in memory. */
const MAX_BYTES = 33_554_432;

/** An image of the maximum number of pixels takes two seconds and 230 MB: hence one at a time. */
const DEADLINE_MS = 20_000;
const MAX_WAITING = 100;

/** Maximum size of a thumbnail, which usually has 5 KB: a larger output is not a thumbnail. */
const MAX_THUMBNAIL_BYTES = 262_144;

/** Size of the cache in bytes, and what each thumbnail counts at least. */
const CACHE_BYTES = 16_777_216;
const LEAST_COUNTED = 128;

/** Whether a file may have a thumbnail. */
export function isDrawable({ type, size }: Pick<Drawable, "type" | "size">): boolean {
  return DRAWN_TYPES.has(type) && size <= MAX_BYTES;
}

/**
 * Thumbnails of stored images, created on first request and cached in memory. Untrusted bytes are decoded in a child
 * process without environment variables: at worst it crashes, or is killed at its deadline.
 */
export class Thumbnails {
  readonly #blobs: Pick<Blobs, "open">;
  /** By the SHA-256 of their images: the bytes at a path may change. */
  readonly #cache: LRUCache<string, Thumbnail, Drawable>;
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  constructor(blobs: Pick<Blobs, "open">) {
    this.#blobs = blobs;
    this.#cache = new LRUCache({
      maxSize: CACHE_BYTES,
      sizeCalculation: (thumbnail) => LEAST_COUNTED + thumbnail.length,
      fetchMethod: (_sha256, _stale, { context }) => this.#inTurn(() => this.#draw(context)),
    });
  }

  /**
   * @param spend takes the CPU time in milliseconds of one that is not cached; what it throws is thrown
   * @throws Problem `busy` when many are waiting, `internal` when the bytes are damaged
   */
  async of(file: Drawable, spend: (costMs: number) => void = () => {}): Promise<Thumbnail> {
    if (!isDrawable(file)) return "none";
    if (!this.#cache.has(file.sha256)) spend(costOf(file));
    return (await this.#cache.fetch(file.sha256, { context: file })) ?? "none";
  }

  async #inTurn(work: () => Promise<Thumbnail>): Promise<Thumbnail> {
    if (this.#waiting >= MAX_WAITING) throw tooMany();
    this.#waiting++;
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => {});
    try {
      return await turn;
    } finally {
      this.#waiting--;
    }
  }

  async #draw(file: Drawable): Promise<Thumbnail> {
    const child = Bun.spawn([process.execPath, "-e", script], {
      stdin: await this.#blobs.open(file),
      stdout: "pipe",
      stderr: "ignore",
      cwd: tmpdir(),
      // With this, the compiled executable runs as Bun.
      env: { BUN_BE_BUN: "1" },
      timeout: DEADLINE_MS,
      killSignal: "SIGKILL",
      maxBuffer: MAX_THUMBNAIL_BYTES,
    });
    const drawn = await child.stdout.bytes();
    return (await child.exited) === 0 && drawn.length > 0 ? drawn : "none";
  }
}

/** The child process, and the decoding of a photograph of this size. */
function costOf({ size }: Drawable): number {
  return 50 + size / 5_000;
}

function tooMany(): Problem {
  return new Problem("busy", text.tooManyThumbnails, { retryAfterSeconds: 1 });
}
