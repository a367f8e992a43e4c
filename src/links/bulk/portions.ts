/** Links of the first transaction, and most of one. */
const FIRST = 50;
const MOST = 200;

/** About how long one transaction may take, in milliseconds. */
const PORTION_MS = 100;

/**
 * Does `work` with a few links after another, in a transaction each, and returns the sum: other writers take their turn
 * in between, and rows are not locked for long. The slower the database, the smaller the portions.
 */
export async function inPortions<Code>(
  codes: readonly Code[],
  work: (portion: readonly Code[]) => Promise<number>,
): Promise<number> {
  let sum = 0;
  let size = FIRST;
  for (let at = 0; at < codes.length; ) {
    const portion = codes.slice(at, at + size);
    at += portion.length;
    const startedAt = performance.now();
    sum += await work(portion);
    size = nextSize(portion.length, performance.now() - startedAt);
  }
  return sum;
}

/** At most twice as many as before. */
function nextSize(links: number, ms: number): number {
  const fitting = Math.floor((links * PORTION_MS) / Math.max(ms, 1));
  return Math.max(1, Math.min(fitting, 2 * links, MOST));
}
