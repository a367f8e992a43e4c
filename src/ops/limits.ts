import type { Clock } from "../chance.ts";

export interface RateLimitParts {
  readonly perMinute: number;
  /** How many are let through at once after a quiet time. */
  readonly burst: number;
  /** How many keys are remembered; beyond that the one unused for longest is forgotten. */
  readonly capacity: number;
  readonly clock: Clock;
}

export type Verdict =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly retryAfterSeconds: number };

/** So much a minute for each key, by the generic cell rate algorithm: one number a key, no timers. */
export class RateLimit {
  /** Milliseconds until one taken place is free again. */
  readonly #interval: number;
  /** The longest debt, in milliseconds: a whole burst. */
  readonly #span: number;
  readonly #capacity: number;
  readonly #clock: Clock;
  /** When each key's debt will be paid, in milliseconds since 1970; least recently used first. */
  readonly #paidAt = new Map<string, number>();

  constructor({ perMinute, burst, capacity, clock }: RateLimitParts) {
    this.#interval = 60_000 / perMinute;
    this.#span = burst * this.#interval;
    this.#capacity = capacity;
    this.#clock = clock;
  }

  /** Takes a place if there is one. A refusal costs nothing. */
  take(key: string): Verdict {
    const now = this.#clock();
    const paidAt = this.#paidAtOf(key, now);
    const wait = paidAt + this.#interval - this.#span - now;
    this.#remember(key, wait > 0 ? paidAt : paidAt + this.#interval);
    if (wait > 0) return { allowed: false, retryAfterSeconds: Math.ceil(wait / 1000) };
    return { allowed: true };
  }

  /** Returns one taken place: what it was taken for did not count after all. */
  giveBack(key: string): void {
    const paidAt = this.#paidAt.get(key);
    if (paidAt !== undefined) this.#paidAt.set(key, paidAt - this.#interval);
  }

  /** Forgets all that was taken. */
  reset(key: string): void {
    this.#paidAt.delete(key);
  }

  /** Never more than a whole burst ahead, or a clock set back would lock the key until it catches up. */
  #paidAtOf(key: string, now: number): number {
    const paidAt = this.#paidAt.get(key) ?? now;
    return Math.min(Math.max(paidAt, now), now + this.#span);
  }

  #remember(key: string, paidAt: number): void {
    this.#paidAt.delete(key);
    this.#paidAt.set(key, paidAt);
    if (this.#paidAt.size <= this.#capacity) return;
    for (const oldest of this.#paidAt.keys()) {
      this.#paidAt.delete(oldest);
      return;
    }
  }
}
