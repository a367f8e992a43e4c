import { maxFileBytes } from "../../../config/values/sizes.ts";
import type { BlobOwner, ReceivedFile } from "../../../files/blobs.ts";
import type { Call } from "../../../http/call.ts";
import { requireFields } from "../../../http/request/form-rules.ts";
import { readUpload, type Upload } from "../../../http/request/multipart.ts";
import { hasContent, type Kind } from "../../../links/link.ts";
import { MAX_READ } from "../../../pages/pages.ts";
import { invalid, toProblem } from "../../../problem.ts";
import { VIEW } from "../list/back-to-list.ts";
import { contentFields, fileFields, linkFields, type SentFiles } from "./form-fields.ts";
import { FORM_ID_FIELD } from "./form-token.tsx";
import { text } from "./text.en.ts";

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

/**
 * Refuses fields of a link's form that would be ignored silently.
 * @throws Problem `invalid` that names them
 */
export function requireLinkFields({ request }: Call, { form }: SentForm): void {
  requireFields(request, form, { known });
}

/**
 * Refuses files in fields of other kinds than the link's.
 * @throws Problem `invalid` on the field
 */
export function requireOwnFiles({ files }: SentForm, kind: Kind): void {
  const own = hasContent(kind) ? contentFields[kind].file : null;
  const other = [...files.keys()].find((field) => field !== own);
  if (other !== undefined) throw invalid(other, text.source.otherKind);
}

const known = [...linkFields, ...fileFields, FORM_ID_FIELD, "revision", VIEW, "notice"];

export function sentFiles({ files }: SentForm): SentFiles {
  return new Set(fileFields.filter((field) => files.has(field)));
}

/** Identifies the files of a form by name, field and hash. */
export function fingerprintOf({ files }: SentForm): unknown {
  return [...files].map(([field, { name, sha256 }]) => [field, name, sha256]);
}
