/** @jsxImportSource hono/jsx */
import { matchRanges } from "../../../links/list/match-ranges.ts";

interface MarkedProps {
  readonly text: string;
  /** Folded, as a search reads them. */
  readonly words: readonly string[];
}

/** A text in which the words of a search are marked. */
export function Marked({ text, words }: MarkedProps) {
  if (words.length === 0) return <>{text}</>;
  let at = 0;
  const parts = matchRanges(text, words).map(([start, end]) => {
    const before = text.slice(at, start);
    at = end;
    return (
      <>
        {before}
        <mark>{text.slice(start, end)}</mark>
      </>
    );
  });
  return (
    <>
      {parts}
      {text.slice(at)}
    </>
  );
}

/** The first line of a note that contains one of the words; null if none does. */
export function markedLine(note: string, words: readonly string[]): string | null {
  if (words.length === 0) return null;
  return note.split("\n").find((line) => matchRanges(line, words).length > 0) ?? null;
}
