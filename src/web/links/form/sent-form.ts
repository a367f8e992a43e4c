import { maxFileBytes } from "../../../config/values/sizes.ts";
import type { BlobOwner, ReceivedFile } from "../../../files/blobs.ts";
import type { Call } from "../../../http/call.ts";
import { readUpload, type Upload } from "../../../http/request/multipart.ts";
import { MAX_READ } from "../../../pages/pages.ts";
import { toProblem } from "../../../problem.ts";
import { contentFields, fileFields, type SentFiles } from "./form-fields.ts";

/** The form of a link as it was sent. Disposing of it removes files that no link uses. */
export type SentForm = Upload<ReceivedFile>;

/** Upper bound of typed text in bytes: more than any document, and than a web page that is written by hand. */
export const MAX_TYPED_BYTES = 8_388_608;

/**
 * Reads the form of a link; its files are stored as `owner`'s.
 * @throws Problem `too_large`, `bad_request`, `unsupported_type`, `storage_full`
 */
export async function readSentForm(call: Call, owner: BlobOwner): Promise<SentForm> {
  try {
    return await readFiles(call, owner);
  } catch (thrown) {
    call.app.metrics.countUploadRefusal(toProblem(thrown).code);
    throw thrown;
  }
}

async function readFiles(call: Call, owner: BlobOwner): Promise<SentForm> {
  const maxBytes = maxFileBytes(call.settings);
  return await readUpload(call, {
    fileFields,
    maxFileBytes: maxBytes,
    maxFieldBytes: MAX_TYPED_BYTES,
    receive: async ({ field, name, bytes }) => {
      // As much of a document as is ever rendered: it is not stored yet when it is checked.
      const headBytes = field === contentFields.markdown.file ? MAX_READ : 0;
      const received = await call.app.files.blobs.receive(
        owner,
        { name, bytes, headBytes },
        maxBytes,
      );
      call.app.metrics.countUpload(received.size);
      return received;
    },
  });
}

export function sentFiles({ files }: SentForm): SentFiles {
  return new Set(fileFields.filter((field) => files.has(field)));
}

/** Identifies the files of a form by name, field and hash. */
export function fingerprintOf({ files }: SentForm): unknown {
  return [...files].map(([field, { name, sha256 }]) => [field, name, sha256]);
}
