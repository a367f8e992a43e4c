import { sql } from "kysely";
import type { Database, Trx } from "../../database/database.ts";
import type { BlobTransfer } from "../../files/blob-transfer.ts";
import type { ReservedBlob } from "../../files/blobs.ts";
import type { Link } from "../link.ts";
import type { ShortCode } from "../short-code.ts";

/**
 * The bytes of links that are given away. Where the former owner keeps other links to the same bytes, these are
 * copied before the transaction. Disposed of, copies that were not needed after all go.
 */
export class Shares implements AsyncDisposable {
  readonly #database: Database;
  readonly #blobTransfer: BlobTransfer;
  /** By the blob that they are a copy of. */
  readonly #copies = new Map<number, ReservedBlob>();

  constructor(database: Database, blobTransfer: BlobTransfer) {
    this.#database = database;
    this.#blobTransfer = blobTransfer;
  }

  /** Copies what links under `codes` share with others that stay, and `to` has not. */
  async copy(codes: readonly ShortCode[], to: { id: number; username: string }): Promise<void> {
    for (const { id, ...file } of await this.#findShared(codes, to.id))
      this.#copies.set(id, await this.#blobTransfer.copyFor(to, file));
  }

  /** Hands over the bytes of `links`, and lets each have what it has then. In the order of the blobs, as everywhere. */
  async handOver(trx: Trx, links: readonly Link[], to: number): Promise<void> {
    const ids = links.flatMap(({ content }) => (content === null ? [] : [content.blobId]));
    for (const id of [...new Set(ids)].sort((a, b) => a - b)) {
      const count = ids.filter((each) => each === id).length;
      const copy = this.#copies.get(id) ?? null;
      const now = await this.#blobTransfer.transfer(trx, id, { count, to, copy });
      const theirs = links.filter(({ content }) => content?.blobId === id).map((link) => link.id);
      await trx.updateTable("link").set({ blob_id: now }).where("id", "in", theirs).execute();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // What cannot be given up now is found by the sweeper.
    for (const copy of this.#copies.values())
      await this.#blobTransfer.abandon(copy).catch(() => {});
  }

  async #findShared(codes: readonly ShortCode[], to: number) {
    return await this.#database.read
      .selectFrom("link")
      .innerJoin("blob", "blob.id", "link.blob_id")
      .select((eb) => ["blob.id", "path", "size", eb.fn.max("file_name").as("name")])
      .where("short_code", "in", codes)
      .where("blob.owner_id", "<>", to)
      .where(({ not, exists, selectFrom }) =>
        not(
          exists(
            selectFrom("blob as twin")
              .select("twin.id")
              .where("twin.owner_id", "=", to)
              .where("twin.state", "=", "used")
              .whereRef("twin.sha256", "=", "blob.sha256"),
          ),
        ),
      )
      .groupBy(["blob.id", "path", "size", "uses"])
      .having("uses", ">", sql<number>`count(*)`)
      .execute();
  }
}
