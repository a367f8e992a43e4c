import type { BlobOwner } from "../../files/blobs.ts";
import type { TakenUpload } from "../../files/uploads/taken-upload.ts";
import type { ContentKind } from "../../links/link.ts";
import { MAX_READ } from "../../pages/pages.ts";
import { invalid, toProblem } from "../../problem.ts";
import type { Call } from "../call.ts";

/** A large file may have to be read once. */
const READ_SECONDS = 600;

/**
 * Takes an upload in portions as the content of a link of this kind.
 * @throws Problem as `uploads.take`
 */
export async function takeUpload(
  { app, actor, request, connection }: Call,
  id: string,
  kind: ContentKind,
): Promise<TakenUpload> {
  connection.allowSilence(request, READ_SECONDS);
  return await app.files.uploads.take(actor, id, kind === "markdown" ? MAX_READ : 0);
}

/**
 * Takes an upload in portions that a request names, as the content of a link. Disposed of before `markUsed`, it stays.
 * @param owner of the link
 * @throws Problem `invalid` on the field `upload` for one that is not there, not complete, or used; `locked`
 */
export async function takeSentUpload(
  call: Call,
  id: string,
  { owner, kind }: { readonly owner: BlobOwner; readonly kind: ContentKind },
): Promise<TakenUpload> {
  try {
    return { ...(await takeUpload(call, id, kind)), owner };
  } catch (thrown) {
    const { code, message } = toProblem(thrown);
    throw code === "not_found" || code === "conflict" ? invalid("upload", message) : thrown;
  }
}
