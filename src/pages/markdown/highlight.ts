import type { MarkdownIt, Token } from "markdown-it";

/** What we need of highlight.js. Its own types bring those of a browser into the whole program. */
interface Highlighter {
  highlight(code: string, options: { language: string; ignoreIllegals: true }): { value: string };
  getLanguage(name: string): object | undefined;
  registerLanguage(name: string, language: unknown): void;
}

let loaded: Highlighter | null = null;

/** Half of what the renderer weighs, so it comes with the first fence that names a language. */
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

/** Longest block of code that is coloured, in characters; a longer one is shown plain. */
export const MAX_CODE = 50_000;

/** Colours the code of fences that name a language we know, by classes. */
export function highlight(md: MarkdownIt): void {
  md.set({
    highlight: (code, language) => (isColourable(code, language) ? colour(code, language) : ""),
  });
}

/** Is this a fence that is shown in colours? */
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
