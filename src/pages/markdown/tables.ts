import type { MarkdownIt, Token } from "markdown-it";

const STYLE = /^text-align:(\w+)$/;

/** GFM's tables, aligned by attribute as there: markdown-it aligns by style, which our pages forbid. */
export function tables(md: MarkdownIt): void {
  md.enable("table");
  for (const rule of ["th_open", "td_open"]) {
    md.renderer.rules[rule] = (tokens, at, options, _, renderer) => {
      alignByAttribute(tokens[at]);
      return renderer.renderToken(tokens, at, options);
    };
  }
}

function alignByAttribute(cell: Token | undefined): void {
  const align = STYLE.exec(String(cell?.attrGet("style")))?.[1];
  if (cell !== undefined && align !== undefined) cell.attrs = [["align", align]];
}
