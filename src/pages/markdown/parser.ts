import CommonMark, { type MarkdownIt, type Token } from "markdown-it";
import { alerts } from "./alerts.ts";
import { autolinks } from "./autolinks.ts";
import { directions } from "./directions.ts";
import { footnotes } from "./footnotes.ts";
import { headings } from "./headings.ts";
import { highlight } from "./highlight.ts";
import { math } from "./math.ts";
import { strikethrough } from "./strikethrough.ts";
import { tables } from "./tables.ts";
import { tasks } from "./tasks.ts";

const EXTENSIONS = [
  tables,
  strikethrough,
  tasks,
  autolinks,
  alerts,
  headings,
  footnotes,
  math,
  highlight,
  directions,
];

/** CommonMark 0.31.2 and nothing else. Its HTML is the author's, raw: only the sanitiser makes it fit for a page. */
export function commonMark(): MarkdownIt {
  const md = new CommonMark("commonmark", { maxNesting: 100 });
  md.renderer.rules.blockquote_open = (tokens, at, options, _, renderer) =>
    renderer.renderToken(tokens, at, options) + lineAfter(tokens, at);
  return md;
}

/** CommonMark with all that we add: GFM, footnotes, alerts, formulas, coloured code, anchors. As raw as that. */
export function documentParser(): MarkdownIt {
  const md = commonMark();
  for (const extend of EXTENSIONS) md.use(extend);
  return md;
}

/** The specification writes an empty quote in two lines, and markdown-it every empty element in one. */
function lineAfter(tokens: readonly Token[], at: number): string {
  return tokens[at + 1]?.type === "blockquote_close" ? "\n" : "";
}
