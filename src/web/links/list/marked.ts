import { matchRanges } from "../../../links/list/match-ranges.ts";
import { type Child, html } from "../../ui/markup/markup.ts";

/** A text in which the words of a search, folded as a search reads them, are marked. */
export function marked(text: string, words: readonly string[]): Child {
  if (words.length === 0) return text;
  let at = 0;
  const parts = matchRanges(text, words).map(([start, end]) => {
    const before = text.slice(at, start);
    at = end;
    return html`${before}<mark>${text.slice(start, end)}</mark>`;
  });
  return html`${parts}${text.slice(at)}`;
}

/** The first line of a note that contains one of the words; null if none does. */
export function markedLine(note: string, words: readonly string[]): string | null {
  if (words.length === 0) return null;
  return note.split("\n").find((line) => matchRanges(line, words).length > 0) ?? null;
}
