import type { Content } from "../../links/link.ts";
import { cleanText } from "../../pages/decode-text.ts";
import type { Call } from "../call.ts";

/** Longest text that a form offers for editing, in bytes. */
export const MOST_EDITED = 1_048_576;

/** Stored bytes as text, unchanged but for a byte order mark; null where they are no UTF-8. */
export async function readStoredText({ app }: Call, content: Content): Promise<string | null> {
  const bytes = await (await app.files.blobs.open(content)).bytes();
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

/**
 * Compares a text from a form with the stored one: null where it is the same, as far as a text area can tell, else the
 * text with the line ends that it had. A browser sends every line end as CR LF.
 */
export async function changedText(
  call: Call,
  given: string,
  stored: Content | null,
): Promise<string | null> {
  if (stored === null || stored.size > MOST_EDITED) return given;
  const old = await readStoredText(call, stored);
  if (old === null) return given;
  if (cleanText(old) === cleanText(given)) return null;
  return old.includes("\r\n") ? given : given.replaceAll("\r\n", "\n");
}
