import type { Clock } from "../clock.ts";
import type { Trx } from "../database/database.ts";
import type { Blobs, ReceivedFile, ReservedBlob } from "../files/blobs.ts";
import type { Content, Kind, Link } from "./link.ts";

/** A file whose bytes are durable, on its way into a link. */
export interface KeptFile {
  readonly blob: ReservedBlob;
  readonly name: string;
  readonly type: string;
}

/** The bytes of links: kept before the transaction that makes a link of them, released in the one that ends it. */
export class Contents {
  readonly #blobs: Blobs;
  readonly #clock: Clock;

  constructor(blobs: Blobs, clock: Clock) {
    this.#blobs = blobs;
    this.#clock = clock;
  }

  /** Makes a file's bytes durable for `work`, and gives them up when that fails. */
  async keep<Done>(
    file: ReceivedFile | null,
    work: (kept: KeptFile | null) => Promise<Done>,
  ): Promise<Done> {
    if (file === null) return await work(null);
    const blob = await this.#blobs.reserve(file);
    try {
      return await work({ blob, name: file.name, type: file.type });
    } catch (error) {
      // What cannot be given up now is found by the sweeper.
      await this.#blobs.abandon(blob).catch(() => {});
      throw error;
    }
  }

  async use(trx: Trx, { blob, name, type }: KeptFile): Promise<Content> {
    const { id, path } = await this.#blobs.use(trx, blob);
    const { size, sha256 } = blob;
    return { blobId: id, path, size, sha256, name, type, modifiedAt: this.#clock() };
  }

  /** What `link` hands out once it is of `kind` and `kept` has come: the new bytes, those it has, or none. */
  async replace(trx: Trx, link: Link, kind: Kind, kept: KeptFile | null): Promise<Content | null> {
    const old = link.content;
    if (kept === null && kind !== "redirect") return old;
    // First out, then in: a file may be replaced also where there is no more room.
    if (old !== null) await this.#blobs.release(trx, old.blobId);
    return kept === null ? null : await this.use(trx, kept);
  }

  /** In the order of the blobs, so that no two who remove links wait for each other. */
  async release(trx: Trx, links: readonly Link[]): Promise<void> {
    const ids = links.flatMap(({ content }) => (content === null ? [] : [content.blobId]));
    for (const id of ids.sort((a, b) => a - b)) await this.#blobs.release(trx, id);
  }
}
