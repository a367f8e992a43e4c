import type { Token } from "markdown-it";
import { plainText } from "./markdown/plain-text.ts";

/** An entry of a table of contents, with its sub-entries. */
export interface Section {
  /** The id in the page, for a link to `#id`. */
  readonly id: string;
  readonly title: string;
  readonly within: readonly Section[];
}

/** Title, description and structure of a document, for its page's head and table of contents. */
export interface Outline {
  /** The first level-1 heading, else the first heading. */
  readonly title: string | null;
  /** The beginning of its first paragraph. */
  readonly description: string | null;
  /** Number of headings. */
  readonly headings: number;
  /** The headings, nested. */
  readonly sections: readonly Section[];
}

/** Maximum length of a description in characters, which link previews show. */
const MAX_DESCRIPTION = 200;

export function outlineOf(tokens: readonly Token[]): Outline {
  const headings = headingsOf(tokens);
  return {
    title: (headings.find(({ level }) => level === 1) ?? headings[0])?.title ?? null,
    description: descriptionOf(tokens),
    headings: headings.length,
    sections: nest(headings),
  };
}

interface Heading {
  readonly level: number;
  readonly id: string;
  readonly title: string;
}

/** Top-level headings: those in quotes or lists are not in the outline. */
function headingsOf(tokens: readonly Token[]): Heading[] {
  return tokens.flatMap((token, at) => {
    const text = tokens[at + 1];
    if (token.type !== "heading_open" || token.level > 0 || text === undefined) return [];
    const title = plainText(text);
    if (title === "") return [];
    return [{ level: Number(token.tag.slice(1)), id: `${token.attrGet("id")}`, title }];
  });
}

function nest(headings: readonly Heading[]): Section[] {
  const top: Section[] = [];
  const open: { readonly level: number; readonly within: Section[] }[] = [];
  for (const { level, id, title } of headings) {
    while ((open.at(-1)?.level ?? 0) >= level) open.pop();
    const within: Section[] = [];
    (open.at(-1)?.within ?? top).push({ id, title, within });
    open.push({ level, within });
  }
  return top;
}

function descriptionOf(tokens: readonly Token[]): string | null {
  const paragraph = tokens.findIndex(({ type, level }) => type === "paragraph_open" && level === 0);
  const text = tokens[paragraph + 1];
  if (paragraph < 0 || text === undefined) return null;
  return shorten(plainText(text)) || null;
}

/** Shortens a text to MAX_DESCRIPTION characters, between words if possible. */
export function shorten(text: string): string {
  if (text.length <= MAX_DESCRIPTION) return text;
  const cut = text.slice(0, MAX_DESCRIPTION - 3).toWellFormed();
  return `${cut.replace(/\s+\S*$/, "")}...`;
}
