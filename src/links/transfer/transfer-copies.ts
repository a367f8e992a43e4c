import { sql } from "kysely";
import type { Database } from "../../database/database.ts";
import type { BlobTransfer, Share } from "../../files/blob-transfer.ts";
import type { ReservedBlob } from "../../files/blobs.ts";
import { blobIdsOf } from "../history/link-versions.ts";
import type { Link } from "../link.ts";
import type { LinkWriter } from "../link-rows.ts";
import type { ShortCode } from "../short-code.ts";

/**
 * The content of links that are transferred. Where the former owner keeps other links of the same content, it is copied
 * before the transaction. Disposing of this deletes copies that were not needed.
 */
export class TransferCopies implements AsyncDisposable {
  readonly #database: Database;
  readonly #blobTransfer: BlobTransfer;
  /** By the blob that they are copies of. */
  readonly #copies = new Map<number, ReservedBlob>();

  constructor(database: Database, blobTransfer: BlobTransfer) {
    this.#database = database;
    this.#blobTransfer = blobTransfer;
  }

  /** Copies content that the links under `codes` share with links that stay, unless `to` has the same bytes. */
  async copy(codes: readonly ShortCode[], to: { id: number; username: string }): Promise<void> {
    for (const { id, ...file } of await this.#findShared(codes, to.id))
      this.#copies.set(id, await this.#blobTransfer.copyFor(to, file));
  }

  /** Transfers the content of `links`, in the order of the blobs, as everywhere. */
  async handOver(
    writer: LinkWriter,
    links: readonly Link[],
    to: number,
    { ignoresQuota = false }: Pick<Share, "ignoresQuota"> = {},
  ): Promise<void> {
    const ids = await blobIdsOf(writer.trx, links);
    for (const id of [...new Set(ids)].sort((a, b) => a - b)) {
      const count = ids.filter((each) => each === id).length;
      const copy = this.#copies.get(id) ?? null;
      const now = await this.#blobTransfer.transfer(writer.trx, id, {
        count,
        to,
        copy,
        ignoresQuota,
      });
      await writer.replaceBlob(id, now, links);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // The sweeper finds what cannot be deleted now.
    for (const copy of this.#copies.values())
      await this.#blobTransfer.abandon(copy).catch(() => {});
  }

  async #findShared(codes: readonly ShortCode[], to: number) {
    return await this.#database.read
      .selectFrom(heldBy(this.#database.read, codes).as("held"))
      .innerJoin("blob", "blob.id", "held.blob_id")
      .select((eb) => ["blob.id", "path", "size", eb.fn.max("held.file_name").as("name")])
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

/** What some links, their versions and their files have of stored bytes, a row for each reference. */
function heldBy(db: Database["read"], codes: readonly ShortCode[]) {
  const links = db.selectFrom("link").where("short_code", "in", codes);
  const own = links.where("blob_id", "is not", null).select(["blob_id", "file_name"]);
  const former = db
    .selectFrom("link_version")
    .where("link_id", "in", links.select("id"))
    .where("blob_id", "is not", null)
    .select(["blob_id", "file_name"]);
  const files = db
    .selectFrom("link_file")
    .where("link_id", "in", links.select("id"))
    .select(["blob_id", "path as file_name"]);
  return own.unionAll(former).unionAll(files);
}
