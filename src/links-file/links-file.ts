import { parse, stringify, TomlDate, TomlError } from "smol-toml";
import { isTable } from "../config/file/config-file.ts";
import { indexLinks, type LinePlaces } from "./link-positions.ts";

interface ValueOf {
  readonly text: string;
  readonly number: number;
  readonly truth: boolean;
  /** A date and time as ISO 8601 text, whether it was written as text or as TOML's own. */
  readonly time: string;
}

/** What may stand in the table of a link: the original's words first, then ours. */
const words = {
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
  disabled: "truth",
  inline: "truth",
} as const satisfies Record<string, keyof ValueOf>;

export type LinkWord = keyof typeof words;

/** A link as a links.toml has it; absent words are undefined. */
export type LinkWords = { readonly [Word in LinkWord]?: ValueOf[(typeof words)[Word]] };

export interface FileLink extends LinkWords {
  readonly shortCode: string;
}

/** What is wrong with a links.toml, and where; lines and columns count from 1. */
export interface LinksFileError {
  readonly line: number;
  readonly column: number;
  /** Undefined: it is the file that is wrong. */
  readonly shortCode?: string;
  readonly message: string;
}

export interface LinksFile {
  /** As far as they could be read. */
  readonly links: readonly FileLink[];
  /** In the order of the file. */
  readonly errors: readonly LinksFileError[];
  readonly places: LinePlaces;
}

/**
 * Reads a links.toml: a table `[links.<code>]` for each link. Words that are not known are errors where it is `strict`,
 * and passed over where not. A value of the wrong type is an error, and its link is read without it.
 */
export function readLinksFile(text: string, { strict }: { strict: boolean }): LinksFile {
  const places = indexLinks(text);
  try {
    const { links = {}, ...others } = parse(text);
    const reader = new Reader(places, strict);
    for (const name of Object.keys(others)) reader.refuseUnknown(name);
    const read = reader.read(links);
    return { links: read, errors: reader.errors.sort((a, b) => a.line - b.line), places };
  } catch (thrown) {
    if (!(thrown instanceof TomlError)) throw thrown;
    return { links: [], errors: [syntaxError(thrown)], places };
  }
}

/** One link as a links.toml has it; the texts of several, one after another, are such a file. */
export function writeFileLink({ shortCode, ...link }: FileLink): string {
  const key = /^[A-Za-z0-9_-]+$/.test(shortCode) ? shortCode : JSON.stringify(shortCode);
  const known = Object.keys(words).filter((word) => link[word as LinkWord] !== undefined);
  const table = Object.fromEntries(known.map((word) => [word, link[word as LinkWord]]));
  return `[links.${key}]\n${stringify(table).trimEnd()}\n\n`;
}

/** A whole links.toml. */
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
    this.errors.push({ line, column, message: `There is no word "${name}" here.` });
  }

  read(links: unknown): FileLink[] {
    if (!isTable(links)) {
      const place = this.#places.ofName("links");
      this.errors.push({ ...place, message: "Links are tables: [links.code]." });
      return [];
    }
    return Object.entries(links).flatMap(([shortCode, table]) => {
      if (isTable(table)) return [{ shortCode, ...this.#readWords(shortCode, table) }];
      this.#refuse(shortCode, undefined, "A link is a table: [links.code].");
      return [];
    });
  }

  #readWords(shortCode: string, table: Record<string, unknown>): LinkWords {
    const read = Object.entries(table).flatMap(([word, value]) => {
      if (!isWord(word)) {
        if (this.#strict) this.#refuse(shortCode, word, `There is no word "${word}" for a link.`);
        return [];
      }
      const known = readValue(words[word], value);
      if (known !== undefined) return [[word, known]];
      this.#refuse(shortCode, word, `"${word}" is ${expected[words[word]]}.`);
      return [];
    });
    return Object.fromEntries(read);
  }

  #refuse(shortCode: string, word: string | undefined, message: string): void {
    this.errors.push({ ...this.#places.of(shortCode, word), shortCode, message });
  }
}

const expected: Readonly<Record<keyof ValueOf, string>> = {
  text: "a text",
  number: "a whole number",
  truth: "true or false",
  time: "a date and time",
};

function isWord(name: string): name is LinkWord {
  return Object.hasOwn(words, name);
}

/** Undefined where the value is of another type. */
function readValue(type: keyof ValueOf, value: unknown): string | number | boolean | undefined {
  switch (type) {
    case "text":
      return typeof value === "string" ? value : undefined;
    case "number":
      return Number.isSafeInteger(value) ? Number(value) : undefined;
    case "truth":
      return typeof value === "boolean" ? value : undefined;
    case "time":
      if (value instanceof TomlDate) return value.isTime() ? undefined : value.toISOString();
      return typeof value === "string" ? value : undefined;
  }
}

/** The library's message goes on with the lines around the error. */
function syntaxError({ message, line, column }: TomlError): LinksFileError {
  const [what = ""] = message.replace("Invalid TOML document: ", "").split("\n");
  return { line, column, message: `This is no TOML: ${what}.` };
}
