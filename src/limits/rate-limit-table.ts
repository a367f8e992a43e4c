/** Number of cells. */
const CELLS = 524_288;

/** The first cell holds the seed. */
const SEED = 0;

/** Microseconds by which the clocks of two processes may differ at most. */
const CLOCK_TOLERANCE = 60_000_000;

/** Size of the shared memory. */
export const RATE_LIMIT_TABLE_BYTES = (CELLS + 1) * BigInt64Array.BYTES_PER_ELEMENT;

/**
 * Shared-memory table of a GCRA rate limiter. A cell holds the theoretical arrival time (TAT, in microseconds of
 * the machine's steady clock): until then a key has used up its allowance. Cells are changed by compare-and-swap, so that processes share the
 * table without a lock. Keys are hashed with a secret seed; with 1,000 limited keys, another key shares a cell with one
 * of them with probability 1/524.
 */
export class RateLimitTable {
  readonly #cells: BigInt64Array;
  readonly #seed: bigint;

  /**
   * @param memory of RATE_LIMIT_TABLE_BYTES, zeros at first
   * @param seed random; that of the first process counts for all
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
   * Advances a cell's TAT by `interval`, unless it would pass `latest` then.
   * @param now the TAT of an unused cell
   * @param debt by how much the TAT may be past `latest`, since other nodes have allowed more
   * @returns by how much it would pass `latest`; 0 if it was advanced
   */
  advance(
    cell: number,
    interval: number,
    { now, latest, debt = 0 }: { readonly now: number; readonly latest: number; debt?: number },
  ): number {
    for (;;) {
      const before = Atomics.load(this.#cells, cell);
      const arrival = arrivalOf(Number(before), { now, latest: latest + debt });
      const after = arrival + interval;
      const next = BigInt(after > latest ? arrival : after);
      if (Atomics.compareExchange(this.#cells, cell, before, next) === before)
        return Math.max(0, after - latest);
    }
  }

  /** A cell's TAT, as `advance` takes it. */
  read(cell: number, bounds: { readonly now: number; readonly latest: number }): number {
    return arrivalOf(Number(Atomics.load(this.#cells, cell)), bounds);
  }

  /** Moves a cell's TAT forward to `tat`, if it is before that. */
  raise(cell: number, tat: number): void {
    for (;;) {
      const before = Atomics.load(this.#cells, cell);
      if (before >= BigInt(tat)) return;
      if (Atomics.compareExchange(this.#cells, cell, before, BigInt(tat)) === before) return;
    }
  }

  /** Moves a cell's TAT back by `interval`. */
  revert(cell: number, interval: number): void {
    Atomics.sub(this.#cells, cell, BigInt(interval));
  }

  reset(cell: number): void {
    Atomics.store(this.#cells, cell, 0n);
  }
}

/** A TAT far past `latest` was written by another clock, as before the machine was restarted: nothing is used up. */
function arrivalOf(before: number, { now, latest }: { now: number; latest: number }): number {
  if (before > latest + CLOCK_TOLERANCE) return now;
  return Math.min(Math.max(before, now), latest);
}
