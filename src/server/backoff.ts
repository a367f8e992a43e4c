const FIRST_MS = 100;
const LONGEST_MS = 30_000;

/** Whoever lived this long starts anew, in milliseconds. */
const FORGIVEN_MS = 60_000;

/** How long to wait before something that keeps dying is started again. */
export class Backoff {
  readonly #deaths = new Map<number, { count: number; at: number }>();

  /** The wait in milliseconds after a death at `now`, doubled with each that soon follows another. */
  next(place: number, now: number): number {
    const before = this.#deaths.get(place);
    const isSoon = before !== undefined && now - before.at < FORGIVEN_MS;
    const count = isSoon ? before.count + 1 : 0;
    this.#deaths.set(place, { count, at: now });
    return Math.min(FIRST_MS * 2 ** count, LONGEST_MS);
  }
}
