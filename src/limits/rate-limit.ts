import type { Clock } from "../clock.ts";
import type { LimitExchange } from "./limit-exchange.ts";
import type { RateLimitTable } from "./rate-limit-table.ts";

export interface RateLimitParts {
  /** Part of every key, so that limits share none. */
  readonly name: string;
  /** Read at each request, since settings change; 0 for no limit. */
  readonly perMinute: () => number;
  /** Requests that are allowed at once after a pause; default: a fifth of a minute's. */
  readonly burst?: number;
  readonly table: RateLimitTable;
  /** Of a limit that all nodes share. */
  readonly exchange?: LimitExchange | null;
  /** A steady clock: if it could be set back, clients would be refused for requests of the time before. */
  readonly clock: Clock;
}

export type Verdict =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly retryAfterSeconds: number };

/** How much of a limit is left. */
export interface Standing {
  readonly name: string;
  readonly perMinute: number;
  /** Requests that are allowed at once. */
  readonly left: number;
  /** Seconds until as many are as after a pause. */
  readonly resetSeconds: number;
}

const ALLOWED: Verdict = { allowed: true };

const MINUTE_US = 60_000_000;

/** What other nodes may have allowed beyond a limit, in microseconds. */
const DEBT_US = 60_000_000;

/**
 * Requests per minute for each key, or what they cost, over all processes of a machine, by the generic cell rate
 * algorithm (GCRA): one time for each key, and no timers.
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

  /**
   * Counts a request if it is allowed. A refused one is not counted.
   * @param cost in units of the limit; one that no burst allows is counted as a whole burst
   */
  take(key: string, cost = 1): Verdict {
    if (this.perMinute === 0) return ALLOWED;
    const { table, clock, exchange = null } = this.#parts;
    const now = Math.round(clock() * 1000);
    const latest = now + this.interval * this.burst;
    const taken = Math.round(this.interval * Math.min(cost, this.burst));
    const cell = this.#cellOf(key);
    const debt = exchange === null ? 0 : DEBT_US;
    const excess = table.advance(cell, taken, { now, latest, debt });
    if (excess === 0) {
      exchange?.note(`${this.name} ${key}`, cell, taken);
      return ALLOWED;
    }
    return { allowed: false, retryAfterSeconds: Math.ceil(excess / 1_000_000) };
  }

  /** What a key has left; null without a limit. */
  standing(key: string): Standing | null {
    const { name, perMinute } = this;
    if (perMinute === 0) return null;
    const now = Math.round(this.#parts.clock() * 1000);
    const latest = now + this.interval * this.burst;
    const used = this.#parts.table.read(this.#cellOf(key), { now, latest }) - now;
    const left = this.burst - Math.ceil(used / this.interval);
    return { name, perMinute, left, resetSeconds: Math.ceil(used / 1_000_000) };
  }

  /** Uncounts one request. */
  giveBack(key: string): void {
    if (this.perMinute > 0) this.#parts.table.revert(this.#cellOf(key), this.interval);
  }

  /** Uncounts all requests. */
  reset(key: string): void {
    this.#parts.table.reset(this.#cellOf(key));
  }

  /** The emission interval, in microseconds. */
  get interval(): number {
    return Math.ceil(MINUTE_US / this.perMinute);
  }

  /** Requests that are allowed at once after a pause. */
  get burst(): number {
    return this.#parts.burst ?? Math.max(1, Math.floor(this.perMinute / 5));
  }

  #cellOf(key: string): number {
    return this.#parts.table.cellOf(`${this.name} ${key}`);
  }
}
