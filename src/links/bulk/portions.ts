/** Links that one transaction changes: so that a link that is created meanwhile waits for less than a tenth of a second. */
const PORTION = 250;

/** Splits a list into what one transaction changes. */
export function* portionsOf<Item>(items: readonly Item[]): Generator<readonly Item[]> {
  for (let at = 0; at < items.length; at += PORTION) yield items.slice(at, at + PORTION);
}

/**
 * Does `work` with a few links after another, in a transaction each, and returns the sum: other writers take their turn
 * in between, and rows are not locked for long.
 */
export async function inPortions<Code>(
  codes: readonly Code[],
  work: (portion: readonly Code[]) => Promise<number>,
): Promise<number> {
  let sum = 0;
  for (const portion of portionsOf(codes)) sum += await work(portion);
  return sum;
}
