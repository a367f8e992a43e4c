import type { Database, Trx } from "../../database/database.ts";
import type { Blobs, ReceivedFile } from "../blobs.ts";
import { removeMetadata } from "./remove-metadata.ts";

/** Files without their metadata, to be disposed of once links use them. */
interface CleanedList<Listed> extends AsyncDisposable {
  readonly files: readonly Listed[];
}

/** Images whose metadata were removed when they were uploaded: the SHA-256 of what was sent is kept. */
export class RemovedMetadata {
  readonly #database: Database;
  readonly #blobs: Blobs;

  constructor(database: Database, blobs: Blobs) {
    this.#database = database;
    this.#blobs = blobs;
  }

  /**
   * Returns a received image without its metadata, where that is wanted; the same file where it has none, or is of a
   * type that is not known. The caller disposes of both.
   * @throws Problem `invalid` on `file`, `storage_full`
   */
  async clean(file: ReceivedFile, isWanted: boolean): Promise<ReceivedFile> {
    const same = { ...file, [Symbol.asyncDispose]: async () => {} };
    const bytes = isWanted ? removeMetadata(file.type, file.draft.read()) : null;
    if (bytes === null) return same;
    const { owner, name, sha256 } = file;
    const cleaned = await this.#blobs.receive(owner, { name, bytes }, Infinity);
    if (cleaned.sha256 !== sha256) return { ...cleaned, originalSha256: sha256 };
    await cleaned[Symbol.asyncDispose]();
    return same;
  }

  /**
   * The same for files that are listed with more about them.
   * @throws Problem as `clean`; then nothing is left
   */
  async cleanAll<Listed extends { readonly file: ReceivedFile }>(
    listed: readonly Listed[],
    isWanted: boolean,
  ): Promise<CleanedList<Listed>> {
    await using received = new AsyncDisposableStack();
    const files: Listed[] = [];
    for (const each of listed)
      files.push({ ...each, file: received.use(await this.clean(each.file, isWanted)) });
    const kept = received.move();
    return { files, [Symbol.asyncDispose]: () => kept.disposeAsync() };
  }

  /** The SHA-256, in hex, of the file that was sent; null: it is stored as it was sent. */
  async findOriginal(blobId: number): Promise<string | null> {
    const row = await this.#database.read
      .selectFrom("removed_metadata")
      .select("sha256")
      .where("blob_id", "=", blobId)
      .executeTakeFirst();
    return row?.sha256 ?? null;
  }
}

/** Records what was sent in place of a blob. Of several that became the same bytes, the first stays. */
export async function recordRemoval(trx: Trx, blobId: number, sha256: string): Promise<void> {
  await trx
    .insertInto("removed_metadata")
    .values({ blob_id: blobId, sha256 })
    .onConflict((on) => on.doNothing())
    .execute();
}
