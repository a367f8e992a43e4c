import type { Clock } from "../chance.ts";

export interface OnceParts {
  /** How long a result stands, in milliseconds. */
  readonly keptMs: number;
  /** How many results are kept; beyond that the oldest is forgotten. */
  readonly capacity: number;
  readonly clock: Clock;
}

interface Kept<Result> {
  readonly since: number;
  readonly result: Promise<Result>;
}

/** Does a thing once, however often it is asked for under one key. In the memory of this process alone. */
export class Once<Result> {
  readonly #keptMs: number;
  readonly #capacity: number;
  readonly #clock: Clock;
  /** In the order of their beginning. */
  readonly #kept = new Map<string, Kept<Result>>();

  constructor({ keptMs, capacity, clock }: OnceParts) {
    this.#keptMs = keptMs;
    this.#capacity = capacity;
    this.#clock = clock;
  }

  /** What `work` gives, or has given under this key, also while it is under way. A failure is forgotten. */
  run(key: string, work: () => Promise<Result>): Promise<Result> {
    const now = this.#clock();
    const known = this.#kept.get(key);
    if (known !== undefined && now - known.since < this.#keptMs) return known.result;
    const kept = { since: now, result: work() };
    this.#keep(key, kept);
    kept.result.catch(() => this.#forget(key, kept));
    return kept.result;
  }

  #keep(key: string, kept: Kept<Result>): void {
    this.#kept.delete(key);
    this.#kept.set(key, kept);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > this.#capacity && oldest !== undefined) this.#kept.delete(oldest);
  }

  #forget(key: string, kept: Kept<Result>): void {
    if (this.#kept.get(key) === kept) this.#kept.delete(key);
  }
}
