import type { MarkdownIt, StateCore, StateInline, Token } from "markdown-it";

/**
 * GFM's extended autolinks (6.9): `www.`, `http://`, `https://`, `ftp://` and email addresses in text. markdown-it's
 * own linkify-it finds different ones.
 */
export function autolinks(md: MarkdownIt): void {
  md.inline.ruler.at("text", readText);
  md.inline.ruler.at("linkify", linkUrl);
  md.inline.ruler.after("linkify", "www", linkWww);
  md.core.ruler.after("inline", "mail", linkMail);
  md.enable("linkify");
}

/** As in markdown-it's own rule, but also stops where a `www.` may begin. */
const STOP = /[\n!#$%&*+\-:<=>@[\\\]^_`{}~]|www\./g;

function readText(state: StateInline, silent: boolean): boolean {
  STOP.lastIndex = state.pos;
  const end = Math.min(STOP.exec(state.src)?.index ?? state.posMax, state.posMax);
  if (end === state.pos) return false;
  if (!silent) state.pending += state.src.slice(state.pos, end);
  state.pos = end;
  return true;
}

const SCHEME = /(?:^|[^a-z])(https?|ftp)$/i;
const DOMAIN = /[^\s\p{P}\p{S}](?:[^\s\p{P}\p{S}]|[-_.])*/uy;

function linkUrl(state: StateInline, silent: boolean): boolean {
  if (silent || state.linkLevel > 0 || !state.src.startsWith("://", state.pos)) return false;
  const scheme = SCHEME.exec(state.src.slice(Math.max(0, state.pos - 6), state.pos))?.[1];
  if (scheme === undefined) return false;
  const end = findEnd(state, state.pos + 3);
  if (end === null) return false;
  return pushLink(state, { start: state.pos - scheme.length, end, before: "" });
}

function linkWww(state: StateInline, silent: boolean): boolean {
  if (silent || state.linkLevel > 0 || !state.src.startsWith("www.", state.pos)) return false;
  if (state.pos > 0 && !/[\s*_~(]/.test(state.src.charAt(state.pos - 1))) return false;
  const end = findEnd(state, state.pos);
  if (end === null || end === state.pos + 4) return false;
  return pushLink(state, { start: state.pos, end, before: "http://" });
}

/** Returns the end of a link whose domain begins at `start`; null if it is no domain. */
function findEnd(state: StateInline, start: number): number | null {
  DOMAIN.lastIndex = start;
  const domain = DOMAIN.exec(state.src)?.[0];
  if (domain === undefined) return null;
  const lastTwo = domain.split(".").slice(-2);
  if (lastTwo.some((segment) => segment.includes("_"))) return null;
  const rest = /[^\s<]*/y;
  rest.lastIndex = start;
  return start + trimEnd(rest.exec(state.src)?.[0] ?? "");
}

/** Length of `link` without the trailing punctuation of the sentence around it. */
function trimEnd(link: string): number {
  const extra = { ")": surplus(link, ")", "("), "]": surplus(link, "]", "[") };
  for (let end = link.length; end > 0; ) {
    const last = link.charAt(end - 1);
    if (last === ")" || last === "]") {
      if (extra[last]-- <= 0) return end;
      end -= 1;
    } else if (last === ";") {
      end -= /&[a-z0-9]+;$/i.exec(link.slice(Math.max(0, end - 32), end))?.[0].length ?? 1;
    } else if ("?!.,:*_~'\"".includes(last)) end -= 1;
    else return end;
  }
  return 0;
}

function surplus(link: string, closer: string, opener: string): number {
  return link.split(closer).length - link.split(opener).length;
}

interface Found {
  readonly start: number;
  readonly end: number;
  /** The scheme, where the text has none. */
  readonly before: string;
}

/** Adds a link, of which the scheme may be pending as text; returns false, and adds none, if no host can be such. */
function pushLink(state: StateInline, { start, end, before }: Found): boolean {
  const text = state.src.slice(start, end);
  if (!hasValidHost(before + text)) return false;
  if (start < state.pos) state.pending = state.pending.slice(0, start - state.pos);
  state.push("link_open", "a", 1).attrs = [["href", state.md.normalizeLink(before + text)]];
  state.push("text", "", 0).content = text;
  state.push("link_close", "a", -1);
  state.pos = end;
  return true;
}

function hasValidHost(link: string): boolean {
  const host = URL.parse(link)?.hostname.replace(/\.$/, "") ?? "";
  return host.split(".").every((label) => label !== "");
}

/** The lookbehind avoids retries within a run of letters, which would take quadratic time. */
const MAIL = /(?<![\w.+/-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+(?!@)/g;

function linkMail(state: StateCore): void {
  for (const token of state.tokens) {
    if (token.content.includes("@") && token.children !== null) {
      token.children = linkMailIn(state, token.children);
    }
  }
}

function linkMailIn(state: StateCore, tokens: readonly Token[]): Token[] {
  let links = 0;
  return tokens.flatMap((token) => {
    if (token.type === "link_open" || /^<a[>\s]/i.test(token.content)) links += 1;
    if (token.type === "link_close" || /^<\/a\s*>/i.test(token.content)) links -= 1;
    return token.type === "text" && links <= 0 ? splitAtMail(state, token) : [token];
  });
}

function splitAtMail(state: StateCore, { content, level }: Token): Token[] {
  const tokens: Token[] = [];
  let from = 0;
  for (const { 0: found, index } of content.matchAll(MAIL)) {
    if (!/[a-z]$/i.test(found)) continue;
    tokens.push(text(state, content.slice(from, index), level), ...mailLink(state, found, level));
    from = index + found.length;
  }
  return [...tokens, text(state, content.slice(from), level)];
}

function mailLink(state: StateCore, address: string, level: number): Token[] {
  const open = new state.Token("link_open", "a", 1);
  open.attrs = [["href", state.md.normalizeLink(`mailto:${address}`)]];
  return [open, text(state, address, level + 1), new state.Token("link_close", "a", -1)];
}

function text(state: StateCore, content: string, level: number): Token {
  const token = new state.Token("text", "", 0);
  token.content = content;
  token.level = level;
  return token;
}
