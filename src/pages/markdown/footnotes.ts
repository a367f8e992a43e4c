import type { MarkdownIt, RendererRule } from "markdown-it";
import plugin from "markdown-it-footnote";

/** `[^1]` and `[^1]: what it says`, as GitHub has them: it has none written in place, and nested those have no bound. */
export function footnotes(md: MarkdownIt): void {
  plugin(md);
  md.disable("footnote_inline");
  const back = md.renderer.rules.footnote_anchor;
  if (back !== undefined) md.renderer.rules.footnote_anchor = labelled(back);
}

/** The way back is an arrow, which says nothing when read out. */
function labelled(rule: RendererRule): RendererRule {
  return (...given) => rule(...given).replace("<a ", '<a aria-label="Back to the text" ');
}
