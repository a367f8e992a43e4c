/** How many cells there are. */
const CELLS = 524_288;

/** The first cell is none: it holds the seed. */
const SEED = 0;

/** Bytes that a table takes. */
export const RATE_LIMIT_TABLE_BYTES = (CELLS + 1) * BigInt64Array.BYTES_PER_ELEMENT;

/**
 * Until when each key has paid for what it took, in microseconds since 1970, in memory that processes share. A key's
 * cell is found by a hash that nobody outside knows: where a thousand keys are in debt, one other in 524 waits along
 * with one of them.
 */
export class RateLimitTable {
  readonly #cells: BigInt64Array;
  readonly #seed: bigint;

  /**
   * @param memory of RATE_LIMIT_TABLE_BYTES, zeros at first
   * @param seed random; whoever comes first gives it to all
   */
  constructor(memory: Uint8Array<ArrayBuffer>, seed: bigint) {
    this.#cells = new BigInt64Array(memory.buffer, memory.byteOffset, CELLS + 1);
    const earlier = Atomics.compareExchange(this.#cells, SEED, 0n, seed);
    this.#seed = BigInt.asUintN(64, earlier === 0n ? seed : earlier);
  }

  cellOf(key: string): number {
    return 1 + Number(Bun.hash.wyhash(key, this.#seed) % BigInt(CELLS));
  }

  /**
   * Adds `amount` to a debt, unless it would come to more than `most` then.
   * @param least what it counts as where it is paid
   * @returns by how much it would be too much; 0 where it was added
   */
  add(cell: number, amount: number, { least, most }: { least: number; most: number }): number {
    for (;;) {
      const before = Atomics.load(this.#cells, cell);
      // Never more than the most, or a clock set back would lock the key until it catches up.
      const standing = Math.min(Math.max(Number(before), least), most);
      const after = standing + amount;
      const next = BigInt(after > most ? standing : after);
      if (Atomics.compareExchange(this.#cells, cell, before, next) === before)
        return Math.max(0, after - most);
    }
  }

  take(cell: number, amount: number): void {
    Atomics.sub(this.#cells, cell, BigInt(amount));
  }

  forget(cell: number): void {
    Atomics.store(this.#cells, cell, 0n);
  }
}
