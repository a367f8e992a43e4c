/** Most links that one transaction changes: those that are created meanwhile wait until it ends. */
const MOST = 250;

/** Fewer would cost more for the transaction than for its links. */
const FEWEST = 25;

/** How long a transaction should take, so that others wait for less than a tenth of a second. */
const WANTED_MS = 50;

/** How many links each transaction changes, by how long those before took: machines and databases differ. */
export class PortionSize {
  #links = MOST;
  #last = 0;

  /** Links of the next transaction. */
  get links(): number {
    return this.#links;
  }

  /** Notes a portion that is no part of a list. */
  begin(links: number): void {
    this.#last = links;
  }

  /** Splits a list; the size of each portion is decided when it is asked for. */
  *split<Item>(items: readonly Item[]): Generator<readonly Item[]> {
    for (let at = 0; at < items.length; at += this.#last) {
      const portion = items.slice(at, at + this.#links);
      this.#last = portion.length;
      yield portion;
    }
  }

  /** Notes how long the last portion took; a small rest of a list says little. */
  took(ms: number): void {
    if (this.#last < FEWEST) return;
    const fitting = Math.floor((this.#last * WANTED_MS) / Math.max(ms, 1));
    this.#links = Math.min(Math.max(fitting, FEWEST), MOST);
  }
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
  for (const portion of new PortionSize().split(codes)) sum += await work(portion);
  return sum;
}
