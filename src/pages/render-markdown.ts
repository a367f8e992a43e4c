import { cleanText } from "./decode-text.ts";
import { splitFrontMatter } from "./front-matter.ts";
import { isColoured } from "./markdown/highlight.ts";
import { documentParser } from "./markdown/parser.ts";
import { outlineOf, type Section, shorten } from "./outline.ts";
import { type SanitizeOptions, sanitize } from "./sanitize/sanitize.ts";
import { TrustedHtml } from "./sanitize/trusted-html.ts";

export type RenderOptions = SanitizeOptions;

/** A rendered document, ready to be included in a page. */
export interface Rendered {
  /** Sanitized. Ids are the author's: it belongs on a page without scripts and ids of its own. */
  readonly html: string;
  readonly title: string | null;
  readonly description: string | null;
  /** The language that the document declares, as a BCP 47 tag. */
  readonly lang: string | null;
  /** Table of contents; empty for a short document. */
  readonly contents: readonly Section[];
  readonly usesMath: boolean;
  /** Whether it has highlighted code, which needs a stylesheet. */
  readonly usesCode: boolean;
}

/** Minimum headings and characters for a table of contents. */
const LONG = { headings: 3, characters: 2_000 };

const md = documentParser();

/** Renders a document synchronously, without a deadline: for untrusted documents, use a Renderer. */
export function renderMarkdown(source: string, options: RenderOptions): Rendered {
  const trusted = new TrustedHtml();
  const { front, body } = splitFrontMatter(cleanText(source));
  const tokens = md.parse(body, { trusted });
  const { title, description, headings, sections } = outlineOf(tokens);
  const isLong = headings >= LONG.headings && source.length >= LONG.characters;
  return {
    html: sanitize(md.renderer.render(tokens, md.options, { trusted }), options, trusted),
    title: front.title ?? title,
    description: front.description === null ? description : shorten(front.description),
    lang: front.lang,
    contents: isLong ? sections : [],
    usesMath: !trusted.isEmpty,
    usesCode: tokens.some(isColoured),
  };
}
