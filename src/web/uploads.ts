import type { BlobOwner, ReceivedFile } from "../blobs/blobs.ts";
import { requireAllowedName } from "../blobs/filename.ts";
import { maxFileBytes } from "../config/sizes.ts";
import type { Call } from "../http/call.ts";
import { readUpload, type Upload } from "../http/upload.ts";
import { type CameFiles, type FileField, fileFieldOf } from "../links/input.ts";
import type { Kind } from "../links/link.ts";

/** The form of a link, sent: disposed of, it leaves nothing of files that no link was made of. */
export type SentForm = Upload<ReceivedFile>;

const fileFields: readonly FileField[] = Object.values(fileFieldOf);

/**
 * Reads the form of a link; files that come with it are taken in as `owner`'s.
 * @throws Problem `too_large`, `bad_request`, `unsupported_type`, `storage_full`
 */
export async function readSentForm(call: Call, owner: BlobOwner): Promise<SentForm> {
  const maxBytes = maxFileBytes(call.settings);
  return await readUpload(call, {
    fileFields,
    maxFileBytes: maxBytes,
    receive: ({ name, bytes }) => call.app.blobs.receive(owner, { name, bytes }, maxBytes),
  });
}

export function cameIn({ files }: SentForm): CameFiles {
  return new Set(fileFields.filter((field) => files.has(field)));
}

/**
 * The file that a link of `kind` is to hand out; null if none came.
 * @throws Problem `invalid` on its field where files of such a name are not allowed
 */
export function fileFor(kind: Kind, { files }: SentForm, call: Call): ReceivedFile | null {
  if (kind === "redirect") return null;
  const field = fileFieldOf[kind];
  const file = files.get(field);
  if (file === undefined) return null;
  requireAllowedName(file.name, call.settings["files.allowed_extensions"], field);
  return file;
}

/** What tells the files of one sending from those of another. */
export function fingerprintOf({ files }: SentForm): unknown {
  return [...files].map(([field, { name, sha256 }]) => [field, name, sha256]);
}
