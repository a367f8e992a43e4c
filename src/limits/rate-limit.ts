import type { Clock } from "../clock.ts";
import type { RateLimitTable } from "./rate-limit-table.ts";

export interface RateLimitParts {
  /** Keys of one limit are none of another's. */
  readonly name: string;
  /** Asked each time, since settings change; 0 for no limit. */
  readonly perMinute: () => number;
  /** How many are let through at once after a quiet time; default: a fifth of a minute's. */
  readonly burst?: number;
  readonly table: RateLimitTable;
  readonly clock: Clock;
}

export type Verdict =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly retryAfterSeconds: number };

const ALLOWED: Verdict = { allowed: true };

const MINUTE_US = 60_000_000;

/**
 * So much a minute for each key, over all processes of a machine, by the generic cell rate algorithm: a time for each
 * key, and no timers.
 */
export class RateLimit {
  readonly name: string;
  readonly #parts: RateLimitParts;

  constructor(parts: RateLimitParts) {
    this.name = parts.name;
    this.#parts = parts;
  }

  get perMinute(): number {
    return this.#parts.perMinute();
  }

  /** Takes a place if there is one. A refusal costs nothing. */
  take(key: string): Verdict {
    if (this.perMinute === 0) return ALLOWED;
    const { table, clock } = this.#parts;
    const least = clock() * 1000;
    const most = least + this.#interval * this.#burst;
    const excess = table.add(this.#cellOf(key), this.#interval, { least, most });
    if (excess === 0) return ALLOWED;
    return { allowed: false, retryAfterSeconds: Math.ceil(excess / 1_000_000) };
  }

  /** Returns one taken place: what it was taken for did not count after all. */
  giveBack(key: string): void {
    if (this.perMinute > 0) this.#parts.table.take(this.#cellOf(key), this.#interval);
  }

  /** Forgets all that was taken. */
  reset(key: string): void {
    this.#parts.table.forget(this.#cellOf(key));
  }

  /** Microseconds until one taken place is free again. */
  get #interval(): number {
    return Math.ceil(MINUTE_US / this.perMinute);
  }

  get #burst(): number {
    return this.#parts.burst ?? Math.max(1, Math.floor(this.perMinute / 5));
  }

  #cellOf(key: string): number {
    return this.#parts.table.cellOf(`${this.name} ${key}`);
  }
}
