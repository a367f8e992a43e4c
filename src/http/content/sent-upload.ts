import type { BlobOwner } from "../../files/blobs.ts";
import type { TakenUpload } from "../../files/uploads/taken-upload.ts";
import type { ContentKind } from "../../links/link.ts";
import { MAX_READ } from "../../pages/pages.ts";
import { invalid, toProblem } from "../../problem.ts";
import type { Call } from "../call.ts";

/**
 * Takes an upload in portions that a request names, as the content of a link. Disposed of before `markUsed`, it stays.
 * @param owner of the link
 * @throws Problem `invalid` on the field `upload` for one that is not there, not complete, or used; `locked`
 */
export async function takeSentUpload(
  { app, actor, request, connection }: Call,
  id: string,
  { owner, kind }: { readonly owner: BlobOwner; readonly kind: ContentKind },
): Promise<TakenUpload> {
  // A large one may have to be read once.
  connection.allowSilence(request, 600);
  try {
    const headBytes = kind === "markdown" ? MAX_READ : 0;
    return { ...(await app.files.uploads.take(actor, id, headBytes)), owner };
  } catch (thrown) {
    const { code, message } = toProblem(thrown);
    throw code === "not_found" || code === "conflict" ? invalid("upload", message) : thrown;
  }
}
