import { formatLocal } from "../../../links/expiry.ts";
import {
  type InputContext,
  type LinkChanges,
  type LinkChangesInput,
  type NewLink,
  parseLinkChanges,
  parseNewLink,
} from "../../../links/input/link-schema.ts";
import { renamingFields } from "../../../links/input/parse-fields.ts";
import { type ContentKind, hasContent, type Kind, kinds, type Link } from "../../../links/link.ts";
import { joinTags, splitTags } from "../../../links/tags/tag-names.ts";
import { text as linkText } from "../../../links/text.en.ts";
import { invalid } from "../../../problem.ts";
import { gateFieldsOf, gateIn } from "./gate-fields.ts";

export const linkFields = [
  "short_code",
  "keep_alias",
  "aliases",
  "link_type",
  "url",
  "title",
  "note",
  "tags",
  "redirect_status",
  "expiry",
  "enable_expiration",
  "expiration_date",
  "expires_in",
  "starts_at",
  "fallback_url",
  "forward_query",
  "embed_hosts",
  "visits",
  "visit_limit",
  "password",
  "remove_password",
  "disabled",
  "inline",
  "remove_metadata",
  "file_input_type",
  "file_text_content",
  "markdown_input_type",
  "markdown_text_content",
  "html_input_type",
  "html_text_content",
] as const;

/** The fields of a link's form, and the revision that the values were read from. */
export type LinkField = (typeof linkFields)[number] | "revision";

/** Fields of a link's form as they were sent; an absent one is undefined. */
export type FormFields = Readonly<Partial<Record<LinkField, string>>>;

/** The fields with which a form sends content: a file, a text, and which of the two counts (`file` or `text`). */
export const contentFields = {
  file: { file: "file", text: "file_text_content", source: "file_input_type" },
  markdown: {
    file: "markdown_file",
    text: "markdown_text_content",
    source: "markdown_input_type",
  },
  html: { file: "html_file", text: "html_text_content", source: "html_input_type" },
} as const satisfies Record<ContentKind, { file: string; text: LinkField; source: LinkField }>;

export type FileField = (typeof contentFields)[ContentKind]["file"];

export const fileFields: readonly FileField[] = Object.values(contentFields).map(
  ({ file }) => file,
);

/** The file fields that a file was sent in. */
export type SentFiles = ReadonlySet<FileField>;

/**
 * A new link from the fields of a form, and from those of its file fields that a file was sent in.
 * @throws Problem `invalid` with a message for every refused field
 */
export function parseNewLinkForm(
  fields: FormFields,
  context: InputContext,
  files: SentFiles,
  hasFiles = false,
): NewLink {
  const kind = kindOf(fields) ?? (files.has("file") ? "file" : "redirect");
  const code = trimmed(fields.short_code);
  const input = {
    ...inputFrom(fields),
    kind,
    target: kind === "redirect" ? (fields.url ?? "") : null,
    expiresAt: expiryIn(fields)?.text ?? null,
    startsAt: trimmed(fields.starts_at) || null,
    ...(code !== "" && { shortCode: code }),
  };
  const isSite = kind === "html" && hasFiles;
  const hasSource = isSite || (hasContent(kind) && sourceOf(kind, fields, files) !== null);
  const content = { hasContent: hasSource, hasFiles };
  return renamingFields(formNames(fields, kind, files), () =>
    parseNewLink(input, context, content),
  );
}

/**
 * The changes that an edit form asks of `link`. Fields that the original's form did not have keep their value when
 * absent; an absent `enable_expiration` clears the expiry, as it did there.
 * @throws Problem `invalid` with a message for every refused field
 */
export function parseLinkChangesForm(
  fields: FormFields,
  link: Link,
  context: InputContext,
  files: SentFiles,
  hasFiles = false,
): LinkChanges {
  const kind = kindOf(fields) ?? link.kind;
  const isSite = kind === "html" && hasFiles;
  const isCleared = !isSite && hasContent(kind) && isLeftBlank(kind, fields, files);
  const input = {
    ...inputFrom(fields),
    kind,
    ...(!isBlank(fields.short_code) && { shortCode: trimmed(fields.short_code) }),
    ...(!isBlank(fields.keep_alias) && { keepAlias: isChecked(fields.keep_alias) }),
    ...(!isBlank(fields.revision) && { revision: Number(trimmed(fields.revision)) }),
    ...(kind === "redirect" && fields.url !== undefined && { target: fields.url }),
    ...(!isSameStart(fields, link, context) && { startsAt: trimmed(fields.starts_at) || null }),
    ...(!isSameExpiry(fields, link, context) && { expiresAt: expiryIn(fields)?.text ?? null }),
  };
  const hasSource = isSite || (hasContent(kind) && sourceOf(kind, fields, files) !== null);
  const content = { hasContent: hasSource, isCleared };
  return renamingFields(formNames(fields, kind, files), () =>
    parseLinkChanges(input, link, context, content),
  );
}

/** The fields that mean the same for a new link and a changed one; absent ones stay absent. */
function inputFrom(fields: FormFields): LinkChangesInput {
  const { title, note, tags, redirect_status: status, disabled, inline } = fields;
  const { fallback_url: fallback, forward_query: forwardQuery, aliases } = fields;
  const { embed_hosts: embedHosts } = fields;
  return {
    ...(title !== undefined && { title }),
    ...(note !== undefined && { note }),
    ...(tags !== undefined && { tags: splitTags(tags) }),
    // The schema refuses a number that is not one of its statuses.
    ...(!isBlank(status) && { redirectStatus: Number(status) as Link["redirectStatus"] }),
    ...(fallback !== undefined && { fallbackUrl: fallback }),
    ...(forwardQuery !== undefined && { forwardQuery: choiceOf(forwardQuery) }),
    ...(embedHosts !== undefined && { embedHosts }),
    ...(aliases !== undefined && { aliases: aliases.split(/[\s,]+/).filter(Boolean) }),
    ...gateIn(fields),
    ...(disabled !== undefined && { disabled: isChecked(disabled) }),
    ...(inline !== undefined && { inline: isChecked(inline) }),
  };
}

/** The form's names of the fields that the operation refuses. */
function formNames(
  fields: FormFields,
  kind: Kind,
  files: SentFiles,
): Readonly<Record<string, string>> {
  const names = {
    kind: "link_type",
    target: "url",
    expires_at: expiryIn(fields)?.field ?? "expires_in",
  };
  if (!hasContent(kind)) return names;
  const { text, file } = contentFields[kind];
  return { ...names, content: isLeftBlank(kind, fields, files) ? text : file };
}

/** Null where the form names none. */
function kindOf({ link_type: given }: FormFields): Kind | null {
  if (isBlank(given)) return null;
  const kind = kinds.find((known) => known === trimmed(given));
  if (kind === undefined) throw invalid("link_type", linkText.input.unknownKind);
  return kind;
}

/**
 * What becomes the content of a link: the file or the text, as the form's `source` field says; without that the file
 * if there is one. Null: neither was sent.
 */
export function sourceOf(
  kind: ContentKind,
  fields: FormFields,
  files: SentFiles,
): "file" | "text" | null {
  const names = contentFields[kind];
  const file = files.has(names.file) ? "file" : null;
  const typed = isBlank(fields[names.text]) ? null : "text";
  switch (trimmed(fields[names.source])) {
    case "file":
      return file;
    case "text":
      return typed;
    default:
      return file ?? typed;
  }
}

/** Whether a text was to be entered, and is empty. */
function isLeftBlank(kind: ContentKind, fields: FormFields, files: SentFiles): boolean {
  const names = contentFields[kind];
  if (trimmed(fields[names.source]) === "file") return false;
  return fields[names.text] !== undefined && sourceOf(kind, fields, files) === null;
}

interface SentExpiry {
  readonly field: "expiry" | "expires_in" | "expiration_date";
  readonly text: string;
}

/**
 * When the form says that a link expires; null: never. The choice `expiry` is `never`, `date`, `span` or a span itself;
 * without it the original's fields are read, and `expires_in`.
 */
function expiryIn(fields: FormFields): SentExpiry | null {
  const field = expiryField(fields);
  return field === null ? null : { field, text: trimmed(fields[field]) };
}

function expiryField(fields: FormFields): SentExpiry["field"] | null {
  switch (trimmed(fields.expiry)) {
    case "":
      if (!isBlank(fields.expires_in)) return "expires_in";
      return isChecked(fields.enable_expiration) ? "expiration_date" : null;
    case "never":
      return null;
    case "date":
      return "expiration_date";
    case "span":
      return "expires_in";
    default:
      return "expiry";
  }
}

/** An expiry that the form showed and got back untouched stays exactly as it is, even when it has passed. */
function isSameExpiry(fields: FormFields, link: Link, context: InputContext): boolean {
  const sent = expiryIn(fields);
  if (sent?.field !== "expiration_date" || link.expiresAt === null) return false;
  return sent.text === formatLocal(link.expiresAt, context.zone);
}

/** Also where the form did not ask for a start. */
function isSameStart({ starts_at: sent }: FormFields, link: Link, context: InputContext): boolean {
  if (sent === undefined) return true;
  return link.startsAt !== null && trimmed(sent) === formatLocal(link.startsAt, context.zone);
}

/** The fields of a stored link as its form shows them. */
export function fieldsOf(link: Link, zone: string): FormFields {
  const { expiresAt, startsAt, forwardQuery } = link;
  return {
    revision: String(link.revision),
    short_code: link.shortCode,
    keep_alias: "on",
    aliases: link.aliases.join(" "),
    url: link.target,
    title: link.title,
    note: link.note,
    tags: joinTags(link.tags),
    redirect_status: String(link.redirectStatus),
    starts_at: startsAt === null ? "" : formatLocal(startsAt, zone),
    fallback_url: link.fallbackUrl,
    forward_query: forwardQuery === null ? "" : forwardQuery ? "on" : "off",
    embed_hosts: link.embedHosts,
    ...gateFieldsOf(link),
    disabled: link.disabled ? "on" : "off",
    inline: link.inline ? "on" : "off",
    expiry: expiresAt === null ? "never" : "date",
    ...(expiresAt !== null && { expiration_date: formatLocal(expiresAt, zone) }),
  };
}

export function isChecked(value: string | undefined): boolean {
  return value !== undefined && ["on", "true", "1", "yes"].includes(value.toLowerCase());
}

/** Null for an empty choice: as the site's settings say. */
function choiceOf(value: string): boolean | null {
  return isBlank(value) ? null : isChecked(value);
}

function isBlank(value: string | undefined): boolean {
  return trimmed(value) === "";
}

function trimmed(value: string | undefined): string {
  return (value ?? "").trim();
}
