import { parse, stringify, TomlDate, TomlError } from "smol-toml";
import { isTable } from "../config/file/config-file.ts";
import { indexLinks, type LinePlaces } from "./link-positions.ts";
import { text } from "./text.en.ts";

interface ValueOf {
  readonly text: string;
  /** A list of texts. */
  readonly texts: readonly string[];
  readonly number: number;
  readonly truth: boolean;
  /** A date and time as ISO 8601 text, whether it was written as text or as TOML's own. */
  readonly time: string;
}

/** The keys of a link: those of the Python Trunk8 first, then ours. */
const keys = {
  type: "text",
  url: "text",
  path: "text",
  content: "text",
  original_filename: "text",
  file_size: "number",
  mime_type: "text",
  upload_date: "time",
  expiration_date: "time",
  title: "text",
  note: "text",
  redirect_status: "number",
  starts_at: "time",
  fallback_url: "text",
  tags: "texts",
  forward_query: "truth",
  embed_hosts: "text",
  aliases: "texts",
  visit_limit: "number",
  password: "text",
  disabled: "truth",
  inline: "truth",
} as const satisfies Record<string, keyof ValueOf>;

export type LinkKey = keyof typeof keys;

/** A link as a links.toml describes it; absent keys are undefined. */
export type LinkKeys = { readonly [Key in LinkKey]?: ValueOf[(typeof keys)[Key]] };

export interface FileLink extends LinkKeys {
  readonly shortCode: string;
}

/** An error in a links.toml; lines and columns count from 1. */
export interface LinksFileError {
  readonly line: number;
  readonly column: number;
  /** Undefined if the error is not about one link. */
  readonly shortCode?: string;
  readonly message: string;
}

export interface LinksFile {
  /** Those that could be read. */
  readonly links: readonly FileLink[];
  /** In the order of the file. */
  readonly errors: readonly LinksFileError[];
  readonly places: LinePlaces;
}

/**
 * Reads a links.toml: a table `[links.<code>]` for each link. Unknown keys are errors if `strict`, and ignored if not. A
 * value of the wrong type is an error, and its link is read without it.
 */
export function readLinksFile(toml: string, { strict }: { strict: boolean }): LinksFile {
  const places = indexLinks(toml);
  try {
    const { links = {}, ...others } = parse(toml);
    const reader = new Reader(places, strict);
    for (const name of Object.keys(others)) reader.refuseUnknown(name);
    const read = reader.read(links);
    return { links: read, errors: reader.errors.sort((a, b) => a.line - b.line), places };
  } catch (thrown) {
    if (!(thrown instanceof TomlError)) throw thrown;
    return { links: [], errors: [syntaxError(thrown)], places };
  }
}

/** Writes one link as TOML; the texts of several, one after another, are a links.toml. */
export function writeFileLink({ shortCode, ...link }: FileLink): string {
  const code = /^[A-Za-z0-9_-]+$/.test(shortCode) ? shortCode : JSON.stringify(shortCode);
  const known = Object.keys(keys).filter((key) => link[key as LinkKey] !== undefined);
  const table = Object.fromEntries(known.map((key) => [key, link[key as LinkKey]]));
  return `[links.${code}]\n${stringify(table).trimEnd()}\n\n`;
}

/** Writes a whole links.toml. */
export function writeLinksFile(links: readonly FileLink[]): string {
  return links.map(writeFileLink).join("");
}

class Reader {
  readonly errors: LinksFileError[] = [];
  readonly #places: LinePlaces;
  readonly #strict: boolean;

  constructor(places: LinePlaces, strict: boolean) {
    this.#places = places;
    this.#strict = strict;
  }

  refuseUnknown(name: string): void {
    if (!this.#strict) return;
    const { line, column } = this.#places.ofName(name);
    this.errors.push({ line, column, message: text.keys.unknown(name) });
  }

  read(links: unknown): FileLink[] {
    if (!isTable(links)) {
      const place = this.#places.ofName("links");
      this.errors.push({ ...place, message: text.keys.notLinks });
      return [];
    }
    return Object.entries(links).flatMap(([shortCode, table]) => {
      if (isTable(table)) return [{ shortCode, ...this.#readKeys(shortCode, table) }];
      this.#refuse(shortCode, undefined, text.keys.notLink);
      return [];
    });
  }

  #readKeys(shortCode: string, table: Record<string, unknown>): LinkKeys {
    const read = Object.entries(table).flatMap(([key, value]) => {
      if (!isKey(key)) {
        if (this.#strict) this.#refuse(shortCode, key, text.keys.unknown(key));
        return [];
      }
      const known = readValue(keys[key], value);
      if (known !== undefined) return [[key, known]];
      this.#refuse(shortCode, key, text.keys.wrongType[keys[key]](key));
      return [];
    });
    return Object.fromEntries(read);
  }

  #refuse(shortCode: string, key: string | undefined, message: string): void {
    this.errors.push({ ...this.#places.of(shortCode, key), shortCode, message });
  }
}

function isKey(name: string): name is LinkKey {
  return Object.hasOwn(keys, name);
}

/** The value, or undefined if it is of another type. */
function readValue(type: keyof ValueOf, value: unknown): ValueOf[keyof ValueOf] | undefined {
  switch (type) {
    case "text":
      return typeof value === "string" ? value : undefined;
    case "texts":
      return Array.isArray(value) && value.every((text) => typeof text === "string")
        ? value
        : undefined;
    case "number":
      return Number.isSafeInteger(value) ? Number(value) : undefined;
    case "truth":
      return typeof value === "boolean" ? value : undefined;
    case "time":
      if (value instanceof TomlDate) return value.isTime() ? undefined : value.toISOString();
      return typeof value === "string" ? value : undefined;
  }
}

/** The parser's message without the lines around the error that it ends with. */
export function describeSyntaxError({ message }: TomlError): string {
  return message.replace(/^Invalid TOML document: /, "").split("\n", 1)[0] ?? "";
}

function syntaxError(error: TomlError): LinksFileError {
  const { line, column } = error;
  return { line, column, message: text.file.notToml(describeSyntaxError(error)) };
}
