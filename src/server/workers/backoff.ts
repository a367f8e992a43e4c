const FIRST_MS = 100;
const LONGEST_MS = 30_000;

/** A worker that was ready for this long starts again with the first delay. */
const STABLE_MS = 2000;

/** Exponential backoff for restarting workers, by place. */
export class Backoff {
  readonly #delays = new Map<number, number>();

  /** Returns the delay in milliseconds before the next start: doubled each time, up to LONGEST_MS. */
  next(place: number, readyMs: number): number {
    const before = readyMs >= STABLE_MS ? undefined : this.#delays.get(place);
    const delay = before === undefined ? FIRST_MS : Math.min(before * 2, LONGEST_MS);
    this.#delays.set(place, delay);
    return delay;
  }
}
