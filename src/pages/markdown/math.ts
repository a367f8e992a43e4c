import katex, { type KatexOptions } from "katex";
import type { Env, MarkdownIt, StateBlock, StateInline, Token } from "markdown-it";
import { TrustedHtml } from "../sanitize/trusted-html.ts";

/** Maximum length of a rendered formula in characters; a longer one is shown as source. */
const MAX_FORMULA = 5_000;

/** MathML, which browsers render natively: KaTeX's HTML needs style attributes, which our pages forbid. */
const OPTIONS: KatexOptions = { output: "mathml", strict: "ignore", maxExpand: 1_000, maxSize: 50 };

/** Renders `$x$`, `$$x$$` on one or several lines, and fences named `math`. */
export function math(md: MarkdownIt): void {
  md.inline.ruler.after("backticks", "math_inline", readInline);
  md.block.ruler.after("fence", "math_block", readBlock, { alt: ["paragraph"] });
  md.renderer.rules.math_inline = (tokens, at, _, env) => render(tokens[at], env);
  md.renderer.rules.math_block = (tokens, at, _, env) => renderBlock(tokens[at], env);
  const fence = md.renderer.rules.fence;
  md.renderer.rules.fence = (tokens, at, options, env, renderer) =>
    isMathFence(tokens[at])
      ? renderBlock(tokens[at], env)
      : (fence?.(tokens, at, options, env, renderer) ?? "");
}

function isMathFence(token: Token | undefined): boolean {
  return token?.info.trim() === "math";
}

/** Excludes prices: no space inside the signs, no letter or digit before them, no digit after them. */
const FORMULA = /(?<!\w)(\$\$?)(?![\s$])((?:[^$\\]|\\[\s\S])+?)(?<!\s)\1(?![\d$])/y;

function readInline(state: StateInline, silent: boolean): boolean {
  if (state.src.charAt(state.pos) !== "$") return false;
  FORMULA.lastIndex = state.pos;
  const [whole, sign, tex = ""] = FORMULA.exec(state.src) ?? [];
  if (whole === undefined || state.pos + whole.length > state.posMax) return false;
  if (!silent) {
    const token = state.push("math_inline", "math", 0);
    token.content = tex;
    token.block = sign === "$$";
  }
  state.pos += whole.length;
  return true;
}

/** Reads a block from `$$` to the first line that ends with `$$`, before any empty line. */
function readBlock(state: StateBlock, start: number, end: number, silent: boolean): boolean {
  if (!lineOf(state, start).startsWith("$$")) return false;
  const last = findLastLine(state, start, end);
  if (last === null) return false;
  if (silent) return true;
  const token = state.push("math_block", "math", 0);
  token.content = state
    .getLines(start, last + 1, state.blkIndent, false)
    .trim()
    .slice(2, -2);
  token.map = [start, last + 1];
  state.line = last + 1;
  return true;
}

function findLastLine(state: StateBlock, start: number, end: number): number | null {
  const first = lineOf(state, start);
  if (first.length > 4 && first.endsWith("$$")) return start;
  if (first.includes("$$", 2) || isKnownOpen(state, start)) return null;
  let line = start + 1;
  for (; line < end && !state.isEmpty(line); line++) {
    if (lineOf(state, line).endsWith("$$")) return line;
  }
  state.env.mathOpenUntil = line;
  return null;
}

/** An earlier search found nothing up to a later line: without this, many openings would be searched each to the end. */
function isKnownOpen({ env }: StateBlock, line: number): boolean {
  return typeof env.mathOpenUntil === "number" && line < env.mathOpenUntil;
}

function lineOf(state: StateBlock, line: number): string {
  return state.getLines(line, line + 1, state.blkIndent, false).trim();
}

function renderBlock(token: Token | undefined, env: Env | undefined): string {
  return `<p>${render(token, env)}</p>\n`;
}

function render(token: Token | undefined, env: Env | undefined): string {
  return TrustedHtml.in(env).keep(toMathml(token?.content ?? "", token?.block ?? false));
}

function toMathml(tex: string, displayMode: boolean): string {
  try {
    if (tex.length > MAX_FORMULA) throw new Error(`longer than ${MAX_FORMULA} characters`);
    const html = katex.renderToString(tex, { ...OPTIONS, displayMode });
    // KaTeX escapes every quote that is the author's, so these are attributes.
    return html.replaceAll(/ style="[^"]*"/g, "");
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return `<code title="${Bun.escapeHTML(why)}">${Bun.escapeHTML(tex)}</code>`;
  }
}
