import type { Page } from "playwright-core";

/** A page as a list: each element, attribute, text and comment, in order. */
export type Outline = readonly string[];

/** How the browser itself reads each of `sources`. */
export function outlinesOf(page: Page, sources: readonly string[]): Promise<Outline[]> {
  return page.evaluate(`${JSON.stringify(sources)}.map(inPage.outlineOf)`);
}

/**
 * Where a page first differs from the same page about harmless words; nowhere, if each text stands just where its word
 * does, as it is or as addresses write it.
 */
export function differences(
  found: Outline,
  expected: Outline,
  texts: Readonly<Record<string, string>>,
): string[] {
  if (found.length !== expected.length) {
    return [`${found.length} nodes and attributes in place of ${expected.length}`];
  }
  const at = expected.findIndex(
    (entry, place) =>
      !waysToWrite.some((write) => isShown(found[place], replaceWords(entry, texts, write))),
  );
  return at < 0 ? [] : [`${found[at]} in place of ${expected[at]}`];
}

/** As a whole, or cut short. */
function isShown(found = "", expected: string): boolean {
  return (
    found === expected || (found.endsWith("\u2026") && expected.startsWith(found.slice(0, -1)))
  );
}

type Write = (text: string) => string;

const waysToWrite: readonly Write[] = [
  (text) => text,
  encodeURIComponent,
  (text) => new URLSearchParams({ "": text }).toString().slice(1),
];

function replaceWords(entry: string, texts: Readonly<Record<string, string>>, write: Write) {
  return Object.entries(texts).reduce(
    (sum, [word, text]) => sum.replaceAll(word, () => write(text)),
    entry,
  );
}
