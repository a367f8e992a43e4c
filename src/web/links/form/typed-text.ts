import type { Call } from "../../../http/call.ts";
import {
  type Content,
  type ContentKind,
  hasContent,
  type Kind,
  kinds,
} from "../../../links/link.ts";
import { cleanText } from "../../../pages/decode-text.ts";
import { textOf } from "../../../text/text-encoding.ts";
import { contentFields, type FormFields } from "./form-fields.ts";

/** Longest text that a form offers for editing, in bytes. */
const MOST_EDITED = 1_048_576;

/** The fields of the form for `kind` that hold a link's bytes as text; none where they are no such text. */
export async function editableFields(
  call: Call,
  kind: string,
  content: Content | null,
): Promise<FormFields> {
  const known = kinds.find((one) => one === kind);
  if (content === null || known === undefined || !hasContent(known)) return {};
  const text = await readEditable(call, known, content);
  const { source, text: field } = contentFields[known];
  return text === null ? {} : { [source]: "text", [field]: text };
}

/** Stored bytes as text that can be edited and saved without loss; else null. Lines end in LF. */
async function readEditable(
  call: Call,
  kind: ContentKind,
  content: Content,
): Promise<string | null> {
  if (content.size > MOST_EDITED) return null;
  if (kind === "file" && !content.type.startsWith("text/")) return null;
  const text = await readText(call, content);
  if (text === null) return null;
  if (kind === "file" && textOf(Buffer.from(text), false) === null) return null;
  return cleanText(text);
}

/** Stored bytes as text, unchanged but for a byte order mark; null where they are no UTF-8. */
async function readText({ app }: Call, content: Content): Promise<string | null> {
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
  const old = await readText(call, stored);
  if (old === null) return given;
  if (cleanText(old) === cleanText(given)) return null;
  return old.includes("\r\n") ? given : given.replaceAll("\r\n", "\n");
}

/** Whether the form of `kind` offers a text field: the stored content is text, or there is none. */
export function offersText(kind: Kind, content: Content | null, values: FormFields): boolean {
  if (!hasContent(kind)) return false;
  if (values[contentFields[kind].text] !== undefined) return true;
  return kind !== "file" && content === null;
}
