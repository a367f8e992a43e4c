import { tmpdir } from "node:os";
import { LRUCache } from "lru-cache";
import { Problem } from "../../problem.ts";
import type { BlobPath, StoredBytes } from "../blob.ts";
import type { Blobs } from "../blobs.ts";
import script from "./draw-thumbnail.js" with { type: "text" };

/** A stored file, as far as it can be drawn. */
export interface Drawable extends StoredBytes {
  readonly path: BlobPath;
  /** What browsers are told it is. */
  readonly type: string;
}

/** A thumbnail as WebP; `none` of bytes that cannot be drawn. */
export type Thumbnail = Uint8Array<ArrayBuffer> | "none";

/** Pictures that Bun.Image reads on every machine. */
const DRAWN_TYPES: ReadonlySet<string> = new Set(
  ["png", "jpeg", "webp", "gif", "bmp"].map((format) => `image/${format}`),
);

/** Of a longer file none is made: the one that draws holds it whole. */
const MAX_BYTES = 33_554_432;

/** A picture of the most pixels that are drawn takes two seconds, and 230 MB: hence one at a time. */
const DEADLINE_MS = 20_000;
const MAX_WAITING = 100;

/** A thumbnail has some 5 KB; a larger one than this is none of ours. */
const MAX_THUMBNAIL_BYTES = 262_144;

/** Bytes of thumbnails that one process remembers, and what each counts at least. */
const REMEMBERED_BYTES = 16_777_216;
const LEAST_COUNTED = 128;

/** Whether a thumbnail of this file is worth trying. */
export function isDrawable({ type, size }: Pick<Drawable, "type" | "size">): boolean {
  return DRAWN_TYPES.has(type) && size <= MAX_BYTES;
}

/**
 * Small pictures of stored ones, drawn when first asked for and remembered in memory. A stranger's bytes are decoded
 * in a process of their own, without our environment, whose end by a fault or at its deadline is all that can happen.
 */
export class Thumbnails {
  readonly #blobs: Pick<Blobs, "open">;
  /** By the SHA-256 of their pictures: at one path there may be others later. */
  readonly #remembered: LRUCache<string, Thumbnail, Drawable>;
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  constructor(blobs: Pick<Blobs, "open">) {
    this.#blobs = blobs;
    this.#remembered = new LRUCache({
      maxSize: REMEMBERED_BYTES,
      sizeCalculation: (thumbnail) => LEAST_COUNTED + thumbnail.length,
      fetchMethod: (_sha256, _stale, { context }) => this.#inTurn(() => this.#draw(context)),
    });
  }

  /** @throws Problem `busy` when many are waiting, `internal` when the bytes are damaged */
  async of(file: Drawable): Promise<Thumbnail> {
    if (!isDrawable(file)) return "none";
    return (await this.#remembered.fetch(file.sha256, { context: file })) ?? "none";
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
      // Also our own executable is Bun then.
      env: { BUN_BE_BUN: "1" },
      timeout: DEADLINE_MS,
      killSignal: "SIGKILL",
      maxBuffer: MAX_THUMBNAIL_BYTES,
    });
    const drawn = await child.stdout.bytes();
    return (await child.exited) === 0 && drawn.length > 0 ? drawn : "none";
  }
}

function tooMany(): Problem {
  const message = "Many pictures are being prepared right now. Try again in a moment.";
  return new Problem("busy", message, { retryAfterSeconds: 1 });
}
