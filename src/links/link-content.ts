import type { Clock } from "../clock.ts";
import type { Trx } from "../database/database.ts";
import { addReference } from "../files/blob-rows.ts";
import type { Blobs, ReceivedFile } from "../files/blobs.ts";
import { recordRemoval } from "../files/metadata/removed-metadata.ts";
import { Problem } from "../problem.ts";
import type { KeptFile, KeptLinkFile } from "./files/kept-file.ts";
import type { NewLinkFile } from "./files/link-file.ts";
import { deleteFiles, insertFiles } from "./files/link-file-rows.ts";
import { type Change, LinkVersions } from "./history/link-versions.ts";
import type { Content, Kind, Link } from "./link.ts";

/** The content of links: stored before the transaction that creates a link, released in the one that deletes it. */
export class LinkContent {
  readonly #blobs: Blobs;
  readonly #clock: Clock;
  /** What links had before. */
  readonly versions: LinkVersions;

  constructor(blobs: Blobs, clock: Clock) {
    this.#blobs = blobs;
    this.#clock = clock;
    this.versions = new LinkVersions(blobs, clock);
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

  /** The same of several files. */
  async keepAll<Done>(
    files: readonly NewLinkFile[],
    work: (kept: readonly KeptLinkFile[]) => Promise<Done>,
  ): Promise<Done> {
    const kept: KeptLinkFile[] = [];
    try {
      for (const { path, title, file } of files) {
        const blob = await this.#blobs.reserve(file);
        kept.push({ blob, name: file.name, type: file.type, path, title });
      }
      return await work(kept);
    } catch (error) {
      for (const file of kept) await this.abandon(file);
      throw error;
    }
  }

  /** Gives up a file that no link uses. What cannot be given up now is found by the sweeper. */
  async abandon({ blob }: Pick<KeptFile, "blob">): Promise<void> {
    await this.#blobs.abandon(blob).catch(() => {});
  }

  async use(
    trx: Trx,
    { blob, name, type }: KeptFile,
    modifiedAt = this.#clock(),
  ): Promise<Content> {
    const { id, path } = await this.#blobs.use(trx, blob);
    const { size, sha256, originalSha256 } = blob;
    if (originalSha256 !== undefined) await recordRemoval(trx, id, originalSha256);
    return { blobId: id, path, size, sha256, name, type, modifiedAt };
  }

  /** The same for a link that exists: its oldest versions go where the quota would be exceeded. */
  async useFor(trx: Trx, { id }: Link, kept: KeptFile, modifiedAt?: number): Promise<Content> {
    for (;;) {
      try {
        return await this.use(trx, kept, modifiedAt);
      } catch (thrown) {
        const isFull = thrown instanceof Problem && thrown.code === "over_quota";
        if (!isFull || !(await this.versions.dropOldest(trx, id))) throw thrown;
      }
    }
  }

  /** The content of `link` once it is of `kind`: the new file, what it has, or none. What it has may become a version. */
  async replace(
    change: Change,
    link: Link,
    kind: Kind,
    kept: KeptFile | null,
  ): Promise<Content | null> {
    if (kept === null && kind !== "redirect") return link.content;
    const now = this.#clock();
    // The old content goes first: a file can be replaced also where the quota is used up.
    await this.giveUp(change, link, kept?.blob ?? null);
    return kept === null ? null : await this.useFor(change.trx, link, kept, now);
  }

  /** Adds the reference of a link to the bytes of one of its versions, which replaces what it has. */
  async bringBack(change: Change, link: Link, content: Content): Promise<Content> {
    const now = this.#clock();
    await addReference(change.trx, content.blobId);
    await this.giveUp(change, link, content);
    return { ...content, modifiedAt: now };
  }

  /** Makes a version of the content that `link` had, or releases it: also where `next` has the same bytes. */
  async giveUp(change: Change, link: Link, next: Pick<Content, "sha256"> | null): Promise<void> {
    const { content } = link;
    if (content === null) return;
    const isSame = content.sha256 === next?.sha256;
    if (!isSame && (await this.versions.keepContent(change, link))) return;
    await this.#blobs.release(change.trx, content.blobId);
  }

  /** Adds files to a locked or new link of several, the first at `position`. */
  async addFiles(
    trx: Trx,
    link: Link,
    files: readonly KeptLinkFile[],
    position = 0,
  ): Promise<void> {
    const added = [];
    for (const file of files) {
      const { path, title, modifiedAt } = file;
      added.push({ path, title, content: await this.useFor(trx, link, file, modifiedAt) });
    }
    await insertFiles(trx, link.id, added, position);
  }

  /** Deletes the files of a link that becomes another one. */
  async dropFiles(trx: Trx, { id }: Link): Promise<void> {
    await this.release(trx, await deleteFiles(trx, id));
  }

  /** Releases references, in the order of the blobs, so that no two transactions wait for each other. */
  async release(trx: Trx, blobIds: readonly number[]): Promise<void> {
    for (const id of blobIds.toSorted((a, b) => a - b)) await this.#blobs.release(trx, id);
  }
}
