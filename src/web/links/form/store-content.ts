import { siteOfFiles, takeContent } from "../../../archive/site/new-site.ts";
import type { Call } from "../../../http/call.ts";
import {
  contentOf,
  type NewContent,
  type Recipient,
  storeText,
} from "../../../http/content/store-text.ts";
import { type ContentKind, hasContent } from "../../../links/link.ts";
import { contentFields, type FormFields, isChecked, sourceOf } from "./form-fields.ts";
import { FILES_FIELD, type SentForm, sentFiles } from "./sent-form.ts";

/**
 * Stores the file or the text of a form. A document is rendered once before: one that cannot be shown is not saved.
 * @throws Problem `invalid` on its field; `busy`, `storage_full`
 */
export async function storeContent(
  call: Call,
  sent: SentForm,
  fields: FormFields,
  link: Recipient,
): Promise<NewContent> {
  const { kind } = link;
  if (!hasContent(kind)) return contentOf(kind, null);
  const listed = sent.lists.get(FILES_FIELD) ?? [];
  if (kind === "html" && listed.length > 0) return siteOfFiles(call, listed, FILES_FIELD);
  const names = contentFields[kind];
  switch (sourceOf(kind, fields, sentFiles(sent))) {
    case "file":
      return await takeFile(call, sent, { ...link, kind }, isChecked(fields.remove_metadata));
    case "text":
      return await storeText(call, fields[names.text] ?? "", { ...link, kind }, names.text);
    case null:
      return contentOf(kind, null);
  }
}

/** The form disposes of its own files. */
async function takeFile(
  call: Call,
  { files }: SentForm,
  { kind, stored }: Recipient & { readonly kind: ContentKind },
  isCleaned: boolean,
): Promise<NewContent> {
  const field = contentFields[kind].file;
  const file = files.get(field);
  if (file === undefined) return contentOf(kind, null);
  const replaced = stored?.size ?? 0;
  const content = await takeContent(call, { file, kind, field, replaced });
  if (content.kind !== "file") return content;
  return contentOf("file", await call.app.files.removedMetadata.clean(file, isCleaned));
}
