import type { MarkdownIt, Token } from "markdown-it";

/** The used part of highlight.js, whose own types would add browser types to the whole program. */
interface Highlighter {
  highlight(code: string, options: { language: string; ignoreIllegals: true }): { value: string };
  getLanguage(name: string): object | undefined;
  registerLanguage(name: string, language: unknown): void;
}

let loaded: Highlighter | null = null;

/** Loads highlight.js, half of the renderer's memory, with the first fence that names a language. */
function highlighter(): Highlighter {
  loaded ??= load(require("highlight.js/lib/common"));
  return loaded;
}

function load(common: Highlighter): Highlighter {
  common.registerLanguage("dockerfile", require("highlight.js/lib/languages/dockerfile"));
  common.registerLanguage("nginx", require("highlight.js/lib/languages/nginx"));
  common.registerLanguage("powershell", require("highlight.js/lib/languages/powershell"));
  return common;
}

/** Maximum length of a highlighted code block in characters; a longer one is shown plain. */
export const MAX_CODE = 50_000;

/** Highlights fenced code of known languages with classes. */
export function highlight(md: MarkdownIt): void {
  md.set({
    highlight: (code, language) => (isColourable(code, language) ? colour(code, language) : ""),
  });
}

/** Whether a token is a fence that is highlighted. */
export function isColoured({ type, content, info }: Token): boolean {
  return type === "fence" && isColourable(content, info.trim().split(/\s/, 1)[0] ?? "");
}

function isColourable(code: string, language: string): boolean {
  return (
    language !== "" && code.length <= MAX_CODE && highlighter().getLanguage(language) !== undefined
  );
}

function colour(code: string, language: string): string {
  return highlighter().highlight(code, { language, ignoreIllegals: true }).value;
}
