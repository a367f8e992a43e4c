import type { Database } from "../../database/database.ts";
import type { BlobPath } from "../blob.ts";
import type { ReceivedFile } from "../blobs.ts";
import { HEAD_BYTES, mediaTypeOf } from "../media/media-type.ts";
import type { Hashes } from "./hashes.ts";
import { nameOf, type Upload } from "./upload.ts";
import type { UploadFiles } from "./upload-files.ts";
import type { UploadHold } from "./upload-locks.ts";

/**
 * A complete upload as a file that becomes the content of a link: its bytes are moved, not copied. Disposed of before
 * `markUsed`, it stays as it was, also where the link could not be created.
 */
export interface TakenUpload extends ReceivedFile {
  readonly upload: Upload;
  /** For `links.create`: however often the upload is taken, one link is created with it. */
  readonly key: string;
  /** A link has the bytes now. */
  markUsed(shortCode: string): Promise<void>;
}

interface Parts {
  readonly database: Database;
  readonly files: UploadFiles;
  readonly hashes: Hashes;
  readonly hold: UploadHold;
}

/** Takes an upload that the hold is for. */
export async function takeUpload(
  { database, files, hashes, hold }: Parts,
  upload: Upload,
  headBytes: number,
): Promise<TakenUpload> {
  const { id, ownerId, owner, received: size } = upload;
  const { sha256, head } = await measure({ files, hashes }, upload, headBytes);
  const name = nameOf(upload);
  const { type } = mediaTypeOf(name, head.subarray(0, HEAD_BYTES));
  const release = () => hold[Symbol.asyncDispose]();
  return {
    ...{ upload, size, sha256, head, name, type },
    key: `upload:${id}`,
    owner: { id: ownerId, username: owner },
    draft: {
      write: () => Promise.reject(new Error("A complete upload takes no more bytes")),
      read: () => bytesOf(files, id),
      open: () => files.open(id),
      rest: async () => {},
      place: (path: BlobPath) => files.place(id, path),
      [Symbol.asyncDispose]: async () => {},
    },
    markUsed: async (shortCode) => {
      await database.write(async (trx) => {
        const used = { state: "used", short_code: shortCode, sha256, holder: "" } as const;
        await trx.updateTable("upload").set(used).where("id", "=", id).execute();
      });
      hold.noteReleased();
      await files.remove(id);
      hashes.forget(id);
    },
    [Symbol.asyncDispose]: release,
  };
}

async function* bytesOf(files: UploadFiles, id: string): AsyncGenerator<Uint8Array> {
  const file = await files.open(id);
  try {
    yield* file.createReadStream({ autoClose: false, start: 0 });
  } finally {
    await file.close();
  }
}

async function measure(
  { files, hashes }: Pick<Parts, "files" | "hashes">,
  { id, received: size, sha256 }: Upload,
  headBytes: number,
): Promise<{ readonly sha256: string; readonly head: Uint8Array }> {
  const file = await files.open(id);
  try {
    const head = new Uint8Array(Math.min(size, Math.max(HEAD_BYTES, headBytes)));
    for (let at = 0; at < head.byteLength; ) {
      const { bytesRead } = await file.read(head, at, head.byteLength - at, at);
      if (bytesRead === 0) break;
      at += bytesRead;
    }
    return { head, sha256: sha256 || (await hashes.finish(id, file, size)) };
  } finally {
    await file.close();
  }
}
