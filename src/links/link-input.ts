import { type FieldProblems, invalid, Problem } from "../problem.ts";
import { formatLocal, parseExpiry } from "./expiry.ts";
import {
  type InputContext,
  type LinkChanges,
  MAX_NOTE,
  MAX_TITLE,
  type NewLink,
} from "./input/link-schema.ts";
import {
  type ContentKind,
  type Kind,
  kinds,
  type Link,
  type RedirectStatus,
  redirectStatuses,
} from "./link.ts";
import { parseShortCode } from "./short-code.ts";
import { parseTarget, pointsToItself, type Target } from "./target.ts";

/** Fields by the names that forms use; an absent one is undefined. */
export type RawFields = Readonly<Partial<Record<LinkField, string>>>;

export type LinkField = (typeof linkFields)[number];

export const linkFields = [
  "short_code",
  "link_type",
  "url",
  "title",
  "note",
  "redirect_status",
  "expiry",
  "enable_expiration",
  "expiration_date",
  "expires_in",
  "disabled",
  "inline",
  "file_input_type",
  "file_text_content",
  "markdown_input_type",
  "markdown_text_content",
  "html_input_type",
  "html_text_content",
] as const;

/** The field that brings the bytes of each kind that has some. */
export const fileFieldOf = {
  file: "file",
  markdown: "markdown_file",
  html: "html_file",
} as const satisfies Record<ContentKind, string>;

export type FileField = (typeof fileFieldOf)[ContentKind];

/** The field that brings typed text, which becomes the bytes. */
export const textFieldOf = {
  file: "file_text_content",
  markdown: "markdown_text_content",
  html: "html_text_content",
} as const satisfies Record<ContentKind, LinkField>;

/** The field that says which of the two counts: `file` or `text`. */
export const inputTypeOf = {
  file: "file_input_type",
  markdown: "markdown_input_type",
  html: "html_input_type",
} as const satisfies Record<ContentKind, LinkField>;

/** The file fields that brought a file. */
export type CameFiles = ReadonlySet<FileField>;

const noFiles: CameFiles = new Set();

/**
 * A new link from raw fields, and from which of the file fields brought something.
 * @throws Problem `invalid` naming every refused field at once
 */
export function parseNewLink(raw: RawFields, context: InputContext, came = noFiles): NewLink {
  const code = trimmed(raw.short_code);
  const asked = trimmed(raw.link_type) || (came.has("file") ? "file" : "redirect");
  return collect({
    shortCode: () => (code === "" ? null : parseShortCode(code)),
    kind: () => requireSource(parseKind(asked), raw, came),
    target: () => (asked === "redirect" ? parseForeignTarget(raw.url ?? "", code, context) : ""),
    title: () => parseTitle(raw.title ?? ""),
    note: () => parseNote(raw.note ?? ""),
    redirectStatus: () => parseStatus(raw.redirect_status) ?? 302,
    expiresAt: () => parseExpiryFields(raw, context),
    disabled: () => isChecked(raw.disabled),
    inline: () => isChecked(raw.inline),
  });
}

/**
 * The changes that an edit form asks of `link`. Fields the original's form did not have keep their value when
 * absent; an absent `enable_expiration` clears the expiry, as it did there.
 * @throws Problem `invalid` naming every refused field at once
 */
export function parseLinkChanges(
  raw: RawFields,
  link: Link,
  context: InputContext,
  came = noFiles,
): LinkChanges {
  const asked = trimmed(raw.link_type) || link.kind;
  const url = raw.url ?? (link.kind === "redirect" ? undefined : "");
  const given = <Value>(text: string | undefined, parse: (text: string) => Value) =>
    text === undefined ? undefined : parse(text);
  const changes = collect({
    kind: () => {
      const kind = parseKind(asked);
      return link.content === null || isLeftBlank(kind, raw, came)
        ? requireSource(kind, raw, came)
        : kind;
    },
    target: () =>
      asked === "redirect"
        ? given(url, (text) => parseForeignTarget(text, link.shortCode, context))
        : "",
    title: () => given(raw.title, parseTitle),
    note: () => given(raw.note, parseNote),
    redirectStatus: () => parseStatus(raw.redirect_status),
    expiresAt: () =>
      isSameExpiry(raw, link, context) ? undefined : parseExpiryFields(raw, context),
    disabled: () => given(raw.disabled, isChecked),
    inline: () => given(raw.inline, isChecked),
  });
  return withoutUndefined(changes);
}

/** Runs every parser, so that a person sees all that is wrong at once. */
function collect<Parsed extends object>(
  parsers: { [Key in keyof Parsed]: () => Parsed[Key] },
): Parsed {
  const parsed: Partial<Parsed> = {};
  const fields: Record<string, string> = {};
  for (const key in parsers) {
    try {
      parsed[key] = parsers[key]();
    } catch (thrown) {
      if (!(thrown instanceof Problem) || thrown.code !== "invalid") throw thrown;
      Object.assign(fields, thrown.fields);
    }
  }
  if (Object.keys(fields).length > 0) throw refusal(fields);
  return parsed as Parsed;
}

function refusal(fields: FieldProblems): Problem {
  return new Problem("invalid", Object.values(fields).join(" "), { fields });
}

function withoutUndefined(changes: { [Key in keyof LinkChanges]?: LinkChanges[Key] | undefined }) {
  return Object.fromEntries(
    Object.entries(changes).filter(([, value]) => value !== undefined),
  ) as LinkChanges;
}

function parseKind(text: string): Kind {
  const kind = kinds.find((known) => known === text);
  if (kind !== undefined) return kind;
  throw invalid("link_type", "This kind of link is not known here.");
}

/**
 * What is to become the bytes of a link: the file or the text, as the form's `input_type` says; without it the file, if
 * there is one. Null: neither was brought.
 */
export function sourceOf(
  kind: ContentKind,
  raw: RawFields,
  came: CameFiles,
): "file" | "text" | null {
  const file = came.has(fileFieldOf[kind]) ? "file" : null;
  const text = isBlank(raw[textFieldOf[kind]]) ? null : "text";
  switch (trimmed(raw[inputTypeOf[kind]])) {
    case "file":
      return file;
    case "text":
      return text;
    default:
      return file ?? text;
  }
}

/** A kind that has bytes needs some. */
function requireSource(kind: Kind, raw: RawFields, came: CameFiles): Kind {
  if (kind === "redirect" || sourceOf(kind, raw, came) !== null) return kind;
  if (isLeftBlank(kind, raw, came))
    throw invalid(textFieldOf[kind], "Write something or choose a file.");
  throw invalid(fileFieldOf[kind], "Choose a file.");
}

/** Whether a text was to be given, and is empty. */
function isLeftBlank(kind: Kind, raw: RawFields, came: CameFiles): boolean {
  if (kind === "redirect" || trimmed(raw[inputTypeOf[kind]]) === "file") return false;
  return raw[textFieldOf[kind]] !== undefined && sourceOf(kind, raw, came) === null;
}

function parseForeignTarget(text: string, shortCode: string, context: InputContext): Target {
  const target = parseTarget(text, context);
  if (!pointsToItself(target, shortCode, context.ownOrigins)) return target;
  throw invalid("url", "This address is the link itself: it would lead in a circle.");
}

function parseTitle(text: string): string {
  const title = text.trim().toWellFormed();
  if ([...title].length > MAX_TITLE) throw invalid("title", "A title has at most 200 characters.");
  if (hasControl(title)) throw invalid("title", "A title is one line of plain text.");
  return title;
}

function parseNote(text: string): string {
  const note = text.replaceAll("\r\n", "\n").trim().toWellFormed();
  if ([...note].length > MAX_NOTE) throw invalid("note", "A note has at most 10,000 characters.");
  if (hasControl(note.replace(/[\n\t]/g, ""))) throw invalid("note", "A note is plain text.");
  return note;
}

function parseStatus(text: string | undefined): RedirectStatus | undefined {
  if (isBlank(text)) return undefined;
  const status = redirectStatuses.find((known) => String(known) === trimmed(text));
  if (status === undefined) throw invalid("redirect_status", "Choose 301, 302, 307 or 308.");
  return status;
}

function parseExpiryFields(raw: RawFields, context: InputContext): number | null {
  const field = expiryField(raw);
  return field === null ? null : parseExpiry(trimmed(raw[field]), field, context);
}

/**
 * The field that says when a link expires; null: it never does. Our form's `expiry` is `never`, `date`, `span` or a
 * span itself; without it the original's fields are read, and `expires_in`.
 */
function expiryField(raw: RawFields): "expiry" | "expires_in" | "expiration_date" | null {
  switch (trimmed(raw.expiry)) {
    case "":
      if (!isBlank(raw.expires_in)) return "expires_in";
      return isChecked(raw.enable_expiration) ? "expiration_date" : null;
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

/** An expiry shown by the form and sent back untouched stays exactly as it is, even when it has passed. */
function isSameExpiry(raw: RawFields, link: Link, context: InputContext): boolean {
  if (expiryField(raw) !== "expiration_date" || link.expiresAt === null) return false;
  return trimmed(raw.expiration_date) === formatLocal(link.expiresAt, context.zone);
}

function isChecked(text: string | undefined): boolean {
  return text !== undefined && ["on", "true", "1", "yes"].includes(text.toLowerCase());
}

function isBlank(text: string | undefined): boolean {
  return text === undefined || text.trim() === "";
}

function trimmed(text: string | undefined): string {
  return (text ?? "").trim();
}

function hasControl(text: string): boolean {
  return /\p{Cc}/u.test(text);
}
