import type { Token } from "markdown-it";

const LINE_BREAK = /^<br\b/i;

/** What a reader sees of a paragraph's or heading's inline tokens, without its markup. */
export function plainText(inline: Token): string {
  return (inline.children ?? []).map(textOf).join("").replaceAll(/\s+/g, " ").trim();
}

function textOf(token: Token): string {
  switch (token.type) {
    case "text":
    case "text_special":
    case "code_inline":
    case "math_inline":
      return token.content;
    case "softbreak":
    case "hardbreak":
      return " ";
    case "html_inline":
      return LINE_BREAK.test(token.content) ? " " : "";
    case "image":
      return plainText(token);
    default:
      return "";
  }
}
