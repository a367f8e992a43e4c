import type { MarkdownIt, StateCore, Token } from "markdown-it";
import { plainText } from "./plain-text.ts";

/** Ids began with it once: links to those still work. */
const FORMER_PREFIX = "doc-";

/** Adds to every heading an id from its text, as GitHub does, and a link to itself. */
export function headings(md: MarkdownIt): void {
  md.core.ruler.push("headings", nameHeadings);
  md.renderer.rules.heading_anchor = () => "#";
}

function nameHeadings(state: StateCore): void {
  const taken = new Map<string, number>();
  for (const [at, heading] of state.tokens.entries()) {
    const text = state.tokens[at + 1];
    if (heading.type !== "heading_open" || text === undefined) continue;
    const slug = takeSlug(slugOf(plainText(text)), taken);
    heading.attrSet("id", slug);
    text.children?.push(...anchor(state, slug));
  }
}

/** Lower-cases a title, replaces spaces by hyphens and drops punctuation. */
function slugOf(title: string): string {
  const letters = title
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{M}\p{N}\p{Pc}\s-]/gu, "");
  return letters.replaceAll(/\s/g, "-") || "section";
}

/** Returns `slug`, with a number if it is taken. */
function takeSlug(slug: string, taken: Map<string, number>): string {
  let count = taken.get(slug) ?? 0;
  let unique = count === 0 ? slug : `${slug}-${count}`;
  while (count > 0 && taken.has(unique)) unique = `${slug}-${++count}`;
  taken.set(slug, count + 1);
  if (unique !== slug) taken.set(unique, 1);
  return unique;
}

/** A link for mouse users only: others reach headings through the table of contents. */
function anchor(state: StateCore, slug: string): Token[] {
  const open = new state.Token("link_open", "a", 1);
  open.attrs = [
    ["class", "heading-anchor"],
    ["name", `${FORMER_PREFIX}${slug}`],
    ["href", `#${encodeURIComponent(slug)}`],
    ["aria-hidden", "true"],
    ["tabindex", "-1"],
  ];
  const sign = new state.Token("heading_anchor", "", 0);
  return [open, sign, new state.Token("link_close", "a", -1)];
}
