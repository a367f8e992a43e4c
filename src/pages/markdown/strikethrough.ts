import type { Delimiter, MarkdownIt, StateInline } from "markdown-it";

const TILDE = "~".charCodeAt(0);

/** One tilde closes one, and two close two: to the pairing of delimiters they are two different characters. */
const markerOf = (tildes: number): number => TILDE + (tildes << 16);
const MARKERS: readonly number[] = [markerOf(1), markerOf(2)];

/** `~text~` and `~~text~~`, as GitHub has them; markdown-it's own rule knows only the second. */
export function strikethrough(md: MarkdownIt): void {
  md.inline.ruler.at("strikethrough", scan);
  md.inline.ruler2.at("strikethrough", replacePairs);
  md.enable("strikethrough");
}

function scan(state: StateInline, silent: boolean): boolean {
  if (silent || state.src.charCodeAt(state.pos) !== TILDE) return false;
  const { can_open: open, can_close: close, length } = state.scanDelims(state.pos, true);
  state.push("text", "", 0).content = "~".repeat(length);
  state.pos += length;
  if (length > 2) return true;
  const token = state.tokens.length - 1;
  // Length 0: the "multiple of three" rule is for emphasis alone.
  state.delimiters.push({ marker: markerOf(length), length: 0, token, end: -1, open, close });
  return true;
}

function replacePairs(state: StateInline): void {
  replaceIn(state, state.delimiters);
  for (const meta of state.tokens_meta) replaceIn(state, meta?.delimiters ?? []);
}

function replaceIn(state: StateInline, delimiters: readonly Delimiter[]): void {
  for (const opener of delimiters) {
    const closer = delimiters[opener.end];
    if (closer === undefined || !MARKERS.includes(opener.marker)) continue;
    replaceToken(state, opener.token, 1);
    replaceToken(state, closer.token, -1);
  }
}

function replaceToken(state: StateInline, at: number, nesting: 1 | -1): void {
  const text = state.tokens[at];
  if (text === undefined) return;
  const mark = new state.Token(nesting === 1 ? "del_open" : "del_close", "del", nesting);
  mark.markup = text.content;
  state.tokens[at] = mark;
}
