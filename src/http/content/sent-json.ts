import type { Call } from "../call.ts";
import { readJson } from "../request/json-body.ts";
import { CountedUpload } from "./counted-upload.ts";

/** Upper bound of typed text in bytes: more than any document, and than a web page that is written by hand. */
export const MAX_TYPED_BYTES = 8_388_608;

/**
 * Reads the JSON of a link, which may have a text of the same length as a form.
 * @throws Problem `bad_request`, `too_large`, `too_many` uploads at a time, `timeout`, `busy`, `storage_full`
 */
export async function readSentJson(call: Call): Promise<unknown> {
  using upload = new CountedUpload(call);
  return await readJson(call, { maxBytes: MAX_TYPED_BYTES, onDisk: () => upload.begin() });
}
