import { maxFileBytes } from "../../../config/values/sizes.ts";
import type { BlobOwner } from "../../../files/blobs.ts";
import { fileTooLarge } from "../../../files/receive.ts";
import type { TakenUpload } from "../../../files/uploads/taken-upload.ts";
import type { Call } from "../../../http/call.ts";
import { CountedUpload } from "../../../http/content/counted-upload.ts";
import { type Receiving, receiveFile, type SentFile } from "../../../http/content/receive-file.ts";
import { MAX_TYPED_BYTES } from "../../../http/content/sent-json.ts";
import { takeSentUpload } from "../../../http/content/sent-upload.ts";
import { requireFields } from "../../../http/request/form-rules.ts";
import { readUpload, type Upload } from "../../../http/request/multipart.ts";
import { hasContent, type Kind, mayHaveFiles } from "../../../links/link.ts";
import { invalid } from "../../../problem.ts";
import { IF_EXISTS_FIELD } from "../existing-link.tsx";
import { VIEW } from "../list/back-to-list.ts";
import { contentFields, fileFields, linkFields, type SentFiles } from "./form-fields.ts";
import { FORM_ID_FIELD } from "./form-token.tsx";
import { text } from "./text.en.ts";

/** The form of a link as it was sent. Disposing of it removes files that no link uses. */
export type SentForm = Upload<SentFile>;

/**
 * Reads the form of a link; its files are stored as `owner`'s.
 * @param replaced bytes of the content that a file would replace
 * @throws Problem `too_large`, `over_quota`, `storage_full`, `too_many` uploads at a time, `timeout`, `busy`,
 *   `bad_request`, `unsupported_type`
 */
export async function readSentForm(call: Call, owner: BlobOwner, replaced = 0): Promise<SentForm> {
  using upload = new CountedUpload(call);
  const room = call.app.files.blobs.roomFor(owner, isSmall(call) ? Infinity : replaced);
  return await upload.receive(() => readFiles(call, { owner, room, upload }));
}

/** Most bytes of a form whose quota is checked when it is complete: a browser then gets it again, filled in. */
const SMALL = 1_048_576;

function isSmall({ request: { headers } }: Call): boolean {
  const length = headers.get("content-length");
  return length !== null && Number(length) <= SMALL;
}

async function readFiles(call: Call, receiving: Receiving): Promise<SentForm> {
  const { room, upload } = receiving;
  const maxBytes = maxFileBytes(call.settings);
  // For a small form, the disk is asked only if there is a file: that takes longer than reading the fields.
  const left = isSmall(call) ? Infinity : await room.left();
  return await readUpload(call, {
    fileFields,
    listFields: [FILES_FIELD],
    maxFileBytes: Math.min(maxBytes, left),
    tooLarge: () => (left < maxBytes ? room.refusal : fileTooLarge(maxBytes)),
    maxFieldBytes: MAX_TYPED_BYTES,
    onDisk: () => upload.begin(),
    receive: ({ field, name, bytes }) => {
      const isDocument = field === contentFields.markdown.file;
      return receiveFile(call, receiving, { name, bytes, isDocument });
    },
  });
}

/** Uploads that a form names, which are taken. */
interface NamedUpload {
  /** As of the upload, where it is one. */
  readonly key: string | null;
  /** The link with this short code has their bytes. */
  markUsed(shortCode: string): Promise<void>;
}

/**
 * Takes the upload that a form names, as if it had come in the form's own field for a file; those of a collection.
 * @throws Problem `invalid` on `upload`
 */
export async function takeNamedUpload(
  call: Call,
  sent: SentForm,
  { owner, kind }: { readonly owner: BlobOwner; readonly kind: Kind },
): Promise<NamedUpload | null> {
  if (kind === "collection") return await takeListedUploads(call, sent, owner);
  const { form, files } = sent;
  const id = form.text(UPLOAD_FIELD).trim();
  // A file that was chosen instead counts.
  if (id === "" || !hasContent(kind) || files.has(contentFields[kind].file)) return null;
  const taken = await takeSentUpload(call, id, { owner, kind });
  files.set(contentFields[kind].file, { ...taken, givenName: taken.name });
  return taken;
}

export const UPLOAD_FIELD = "upload";

/**
 * Takes the uploads that a form of several files names, as if they had come in its field for files.
 * @throws Problem `invalid` on `upload`
 */
export async function takeListedUploads(
  call: Call,
  { form, lists }: SentForm,
  owner: BlobOwner,
): Promise<NamedUpload> {
  const paths = form.all(PATHS_FIELD);
  const taken: TakenUpload[] = [];
  const files = [...(lists.get(FILES_FIELD) ?? [])];
  for (const [at, id] of form.all(UPLOADS_FIELD).entries()) {
    const upload = await takeSentUpload(call, id, { owner, kind: "file" });
    taken.push(upload);
    files.push({ ...upload, givenName: paths[at] || upload.name });
    // At once: whatever is refused later, the form disposes of it.
    lists.set(FILES_FIELD, files);
  }
  const markUsed = async (shortCode: string) => {
    for (const upload of taken) await upload.markUsed(shortCode);
  };
  return { key: null, markUsed };
}

export const UPLOADS_FIELD = "uploads";
const PATHS_FIELD = "upload_paths";

/** The uploads among the files of a form, and their paths, in the same order. */
export const listedFields = [UPLOADS_FIELD, PATHS_FIELD];

/**
 * Refuses fields of a link's form that would be ignored silently.
 * @throws Problem `invalid` that names them
 */
export function requireLinkFields({ request }: Call, { form }: SentForm): void {
  requireFields(request, form, { known, repeatable: listedFields });
}

/**
 * Refuses files in fields of other kinds than the link's.
 * @throws Problem `invalid` on the field
 */
export function requireOwnFiles({ files, lists }: SentForm, kind: Kind): void {
  if (!mayHaveFiles({ kind }) && lists.size > 0) throw invalid(FILES_FIELD, text.source.otherKind);
  const own = hasContent(kind) ? contentFields[kind].file : null;
  const other = [...files.keys()].find((field) => field !== own);
  if (other !== undefined) throw invalid(other, text.source.otherKind);
}

/** The files of a collection, or of an HTML page, any number of them. */
export const FILES_FIELD = "files";

const known = [
  ...linkFields,
  ...fileFields,
  FILES_FIELD,
  "each",
  FORM_ID_FIELD,
  IF_EXISTS_FIELD,
  "revision",
  VIEW,
  "notice",
  UPLOAD_FIELD,
  ...listedFields,
];

/** What the form was sent with besides the fields of a link, and has again after a refusal. */
export function valuesBeside({ form }: SentForm): Readonly<Record<string, string>> {
  return {
    [IF_EXISTS_FIELD]: form.text(IF_EXISTS_FIELD),
    [UPLOAD_FIELD]: form.text(UPLOAD_FIELD),
    [UPLOADS_FIELD]: form.all(UPLOADS_FIELD).join(" "),
  };
}

export function sentFiles({ files }: SentForm): SentFiles {
  return new Set(fileFields.filter((field) => files.has(field)));
}

/** Identifies the files of a form by name, field and hash. */
export function fingerprintOf({ files, lists }: SentForm): unknown {
  const listed = [...lists.values()].flat().map(({ givenName, sha256 }) => [givenName, sha256]);
  return [...[...files].map(([field, { name, sha256 }]) => [field, name, sha256]), ...listed];
}
