const FIRST_MS = 100;
const LONGEST_MS = 30_000;

/** Whoever answered for this long starts anew, in milliseconds. */
const FORGIVEN_MS = 2000;

/** How long to wait before something that keeps dying is started again. */
export class Backoff {
  readonly #waits = new Map<number, number>();

  /** The wait in milliseconds after a death: doubled each time, until one has answered for a while. */
  next(place: number, answeredMs: number): number {
    const before = answeredMs >= FORGIVEN_MS ? undefined : this.#waits.get(place);
    const wait = before === undefined ? FIRST_MS : Math.min(before * 2, LONGEST_MS);
    this.#waits.set(place, wait);
    return wait;
  }
}
