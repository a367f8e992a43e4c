import type { Clock } from "../clock.ts";
import type { Trx } from "../database/database.ts";
import type { Blobs, ReceivedFile, ReservedBlob } from "../files/blobs.ts";
import type { Content, Kind, Link } from "./link.ts";

/** A file whose bytes are durable, before a link uses it. */
export interface KeptFile {
  readonly blob: ReservedBlob;
  readonly name: string;
  readonly type: string;
}

/** The content of links: stored before the transaction that creates a link, released in the one that deletes it. */
export class LinkContent {
  readonly #blobs: Blobs;
  readonly #clock: Clock;

  constructor(blobs: Blobs, clock: Clock) {
    this.#blobs = blobs;
    this.#clock = clock;
  }

  /** Makes a file durable for `work`, and gives it up when that fails. */
  async keep<Done>(
    file: ReceivedFile | null,
    work: (kept: KeptFile | null) => Promise<Done>,
  ): Promise<Done> {
    if (file === null) return await work(null);
    const blob = await this.#blobs.reserve(file);
    try {
      return await work({ blob, name: file.name, type: file.type });
    } catch (error) {
      await this.abandon({ blob });
      throw error;
    }
  }

  /** Gives up a file that no link uses. What cannot be given up now is found by the sweeper. */
  async abandon({ blob }: Pick<KeptFile, "blob">): Promise<void> {
    await this.#blobs.abandon(blob).catch(() => {});
  }

  async use(trx: Trx, { blob, name, type }: KeptFile): Promise<Content> {
    const { id, path } = await this.#blobs.use(trx, blob);
    const { size, sha256 } = blob;
    return { blobId: id, path, size, sha256, name, type, modifiedAt: this.#clock() };
  }

  /** The content of `link` once it is of `kind`: the new file, what it has, or none. */
  async replace(trx: Trx, link: Link, kind: Kind, kept: KeptFile | null): Promise<Content | null> {
    const old = link.content;
    if (kept === null && kind !== "redirect") return old;
    // The old content goes first: a file can be replaced also where the quota is used up.
    if (old !== null) await this.#blobs.release(trx, old.blobId);
    return kept === null ? null : await this.use(trx, kept);
  }

  /** Releases the content of deleted links, in the order of the blobs, so that no two transactions wait for each other. */
  async release(trx: Trx, links: readonly Link[]): Promise<void> {
    const ids = links.flatMap(({ content }) => (content === null ? [] : [content.blobId]));
    for (const id of ids.sort((a, b) => a - b)) await this.#blobs.release(trx, id);
  }
}
