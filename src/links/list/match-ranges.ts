import { foldText, isAscii } from "../../text/fold-text.ts";

/** A part of a text, as `slice` takes it. */
export type Range = readonly [start: number, end: number];

/** Finds where folded words stand in a text, in its own characters; ranges are in order and do not overlap. */
export function matchRanges(text: string, words: readonly string[]): readonly Range[] {
  const { folded, sourceOf } = foldByCharacter(text);
  const found = words.flatMap((word) => [...occurrences(folded, word)]);
  const ranges: [start: number, end: number][] = [];
  for (const [from, to] of found.sort(([a], [b]) => a - b)) {
    const [start] = sourceOf(from);
    const [, end] = sourceOf(to - 1);
    const last = ranges.at(-1);
    if (last !== undefined && start < last[1]) last[1] = Math.max(last[1], end);
    else ranges.push([start, end]);
  }
  return ranges;
}

function* occurrences(folded: string, word: string): Generator<Range> {
  for (let at = folded.indexOf(word); at !== -1; at = folded.indexOf(word, at + word.length))
    yield [at, at + word.length];
}

interface Folded {
  readonly folded: string;
  /** The character that a UTF-16 unit of the folded text comes from. */
  sourceOf(unit: number): Range;
}

function foldByCharacter(text: string): Folded {
  if (isAscii(text)) return { folded: foldText(text), sourceOf: (unit) => [unit, unit + 1] };
  const sources: Range[] = [];
  let folded = "";
  for (const { 0: character, index } of text.matchAll(/\P{M}\p{M}*|\p{M}+/gu)) {
    const part = foldText(character);
    folded += part;
    const source = [index, index + character.length] as const;
    for (let unit = 0; unit < part.length; unit++) sources.push(source);
  }
  return { folded, sourceOf: (unit) => sources[unit] ?? [text.length, text.length] };
}
