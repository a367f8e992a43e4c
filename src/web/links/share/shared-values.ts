import { MAX_TITLE } from "../../../links/input/title-and-note.ts";
import { contentFields, type FormFields, linkFields } from "../form/form-fields.ts";
import { UPLOAD_FIELD, UPLOADS_FIELD } from "../form/sent-form.ts";

/** The parameter with what another app shared: most put an address there, too, and not into `url`. */
export const SHARED_TEXT = "text";

/** The values of the form that its address names, also as an app shares them. */
export function valuesIn(parameters: URLSearchParams): FormFields {
  const given = [...linkFields, UPLOAD_FIELD, UPLOADS_FIELD].filter((name) => parameters.has(name));
  const fields = Object.fromEntries(given.map((name) => [name, parameters.get(name) ?? ""]));
  const shared = parameters.get(SHARED_TEXT);
  return shared === null ? fields : sharedValues(fields, shared);
}

/**
 * Fills in the form with what an app of a phone or computer shared: the first address is the destination, and what is
 * around it the title, if there is none; a text without an address is a Markdown page.
 */
export function sharedValues(values: FormFields, shared: string): FormFields {
  const [address = ""] = /\bhttps?:\/\/[^\s<>"]+/i.exec(shared) ?? [];
  const title = shorten(values.title ?? "");
  if (address !== "") {
    const around = shared.replace(address, " ").replace(/\s+/g, " ").trim();
    const url = values.url || address.replace(/[.,;:!?)\]]+$/, "");
    return { ...values, url, title: title || shorten(around) };
  }
  if (values.url || shared.trim() === "")
    return { ...values, title: title || shorten(shared.trim()) };
  const { source, text } = contentFields.markdown;
  return { ...values, title, link_type: "markdown", [source]: "text", [text]: shared };
}

const shorten = (title: string): string => [...title].slice(0, MAX_TITLE).join("");
