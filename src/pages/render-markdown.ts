import { cleanText } from "./decode-text.ts";
import { isColoured } from "./markdown/highlight.ts";
import { documentParser } from "./markdown/parser.ts";
import { outlineOf, type Section } from "./outline.ts";
import { type SanitizeOptions, sanitize } from "./sanitize/sanitize.ts";
import { Made } from "./sanitize/trusted-html.ts";

export type RenderOptions = SanitizeOptions;

/** A document, ready to stand in a page of ours. */
export interface Rendered {
  /** Safe as it is: sanitised, with every id of its own under `doc-`. */
  readonly html: string;
  readonly title: string | null;
  readonly description: string | null;
  /** Its table of contents; empty if it is short. */
  readonly contents: readonly Section[];
  readonly usesMath: boolean;
  /** Whether it has coloured code, which needs the stylesheet for that. */
  readonly usesCode: boolean;
}

/** From how many headings and how many characters on a document has a table of contents. */
const LONG = { headings: 3, characters: 2_000 };

const md = documentParser();

/** Renders a document at once, however long it takes: for one that strangers wrote, ask a Renderer. */
export function renderMarkdown(source: string, options: RenderOptions): Rendered {
  const made = new Made();
  const tokens = md.parse(cleanText(source), { made });
  const { title, description, headings, sections } = outlineOf(tokens);
  const isLong = headings >= LONG.headings && source.length >= LONG.characters;
  return {
    html: sanitize(md.renderer.render(tokens, md.options, { made }), options, made),
    title,
    description,
    contents: isLong ? sections : [],
    usesMath: !made.isEmpty,
    usesCode: tokens.some(isColoured),
  };
}
