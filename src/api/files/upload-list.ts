import type { z } from "zod";
import type { BlobOwner } from "../../files/blobs.ts";
import type { TakenUpload } from "../../files/uploads/taken-upload.ts";
import type { Call } from "../../http/call.ts";
import { fileListOf } from "../../http/content/file-list.ts";
import type { SentFile } from "../../http/content/receive-file.ts";
import { takeSentUpload } from "../../http/content/sent-upload.ts";
import { parseFileTitle } from "../../links/files/file-path.ts";
import type { NewLinkFile } from "../../links/files/link-file.ts";
import type { uploadList } from "./link-files-schema.ts";

type NamedUpload = z.output<typeof uploadList>[number];

/** Uploads that a request has taken. Disposed of before `markUsed`, they stay. */
export class TakenFiles implements AsyncDisposable {
  readonly files: readonly NewLinkFile[];
  /** As they were sent. */
  readonly sent: readonly SentFile[];
  readonly #uploads: readonly TakenUpload[];
  readonly #held: AsyncDisposableStack;

  private constructor(
    files: readonly NewLinkFile[],
    sent: readonly SentFile[],
    uploads: readonly TakenUpload[],
    held: AsyncDisposableStack,
  ) {
    this.files = files;
    this.sent = sent;
    this.#uploads = uploads;
    this.#held = held;
  }

  /** @throws Problem `invalid` on `upload` or the path; `locked` */
  static async take(
    call: Call,
    owner: BlobOwner,
    named: readonly NamedUpload[],
  ): Promise<TakenFiles> {
    await using held = new AsyncDisposableStack();
    const uploads: TakenUpload[] = [];
    for (const { upload } of named)
      uploads.push(held.use(await takeSentUpload(call, upload, { owner, kind: "file" })));
    const sent = uploads.map((file, at) => ({ ...file, givenName: named[at]?.path ?? file.name }));
    const files = fileListOf(call, sent, "files").map((file, at) => ({
      ...file,
      title: parseFileTitle(named[at]?.title ?? ""),
    }));
    return new TakenFiles(files, sent, uploads, held.move());
  }

  /** The link with this short code has the bytes now. */
  async markUsed(shortCode: string): Promise<void> {
    for (const upload of this.#uploads) await upload.markUsed(shortCode);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#held.disposeAsync();
  }
}
