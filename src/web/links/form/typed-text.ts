import type { Call } from "../../../http/call.ts";
import { MOST_EDITED, readStoredText } from "../../../http/content/stored-text.ts";
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
  const text = await readStoredText(call, content);
  if (text === null) return null;
  if (kind === "file" && textOf(Buffer.from(text), false) === null) return null;
  return cleanText(text);
}

/** Whether the form of `kind` offers a text field: the stored content is text, or there is none. */
export function offersText(kind: Kind, content: object | null, values: FormFields): boolean {
  if (!hasContent(kind)) return false;
  if (values[contentFields[kind].text] !== undefined) return true;
  return kind !== "file" && content === null;
}
