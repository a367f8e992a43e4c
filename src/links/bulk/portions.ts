/** Links that one transaction changes: about a tenth of a second on a busy machine. */
const PORTION = 100;

/**
 * Does `work` with a few links after another, in a transaction each, and returns the sum: other writers take their turn
 * in between, and rows are not locked for long.
 */
export async function inPortions<Code>(
  codes: readonly Code[],
  work: (portion: readonly Code[]) => Promise<number>,
): Promise<number> {
  let sum = 0;
  for (let at = 0; at < codes.length; at += PORTION)
    sum += await work(codes.slice(at, at + PORTION));
  return sum;
}
