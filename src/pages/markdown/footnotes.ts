import type { MarkdownIt, RendererRule } from "markdown-it";
import plugin from "markdown-it-footnote";
import { text } from "../text.en.ts";

/** Renders `[^1]` and `[^1]: text` as GitHub does: without inline footnotes, whose nesting has no bound. */
export function footnotes(md: MarkdownIt): void {
  plugin(md);
  md.disable("footnote_inline");
  const back = md.renderer.rules.footnote_anchor;
  if (back !== undefined) md.renderer.rules.footnote_anchor = labelled(back);
}

/** Labels the link back to the text, which is an arrow, for screen readers. */
function labelled(rule: RendererRule): RendererRule {
  return (...given) => rule(...given).replace("<a ", `<a aria-label="${text.backToText}" `);
}
