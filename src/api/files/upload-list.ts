import type { z } from "zod";
import type { BlobOwner } from "../../files/blobs.ts";
import type { TakenUpload } from "../../files/uploads/taken-upload.ts";
import type { Call } from "../../http/call.ts";
import { fileListOf } from "../../http/content/file-list.ts";
import { takeSentUpload } from "../../http/content/sent-upload.ts";
import { parseFileTitle } from "../../links/files/file-path.ts";
import type { NewLinkFile } from "../../links/files/link-file.ts";
import type { uploadList } from "./link-files-schema.ts";

type NamedUpload = z.output<typeof uploadList>[number];

/** Uploads that a request has taken. Disposed of before `markUsed`, they stay. */
export class TakenFiles implements AsyncDisposable {
  readonly #uploads: TakenUpload[] = [];
  files: readonly NewLinkFile[] = [];

  /** @throws Problem `invalid` on `upload` or the path; `locked` */
  static async take(
    call: Call,
    owner: BlobOwner,
    named: readonly NamedUpload[],
  ): Promise<TakenFiles> {
    const taken = new TakenFiles();
    try {
      for (const { upload } of named)
        taken.#uploads.push(await takeSentUpload(call, upload, { owner, kind: "file" }));
      const sent = taken.#uploads.map((file, at) => {
        return { ...file, givenName: named[at]?.path ?? file.name };
      });
      taken.files = fileListOf(call, sent, "files").map((file, at) => ({
        ...file,
        title: parseFileTitle(named[at]?.title ?? ""),
      }));
      return taken;
    } catch (thrown) {
      await taken[Symbol.asyncDispose]();
      throw thrown;
    }
  }

  /** The link with this short code has the bytes now. */
  async markUsed(shortCode: string): Promise<void> {
    for (const upload of this.#uploads) await upload.markUsed(shortCode);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const upload of this.#uploads) await upload[Symbol.asyncDispose]();
  }
}
