import { createHmac } from "node:crypto";
import type { Clock } from "../clock.ts";
import type { LimitTable } from "../database/postgres/limit-table.ts";
import type { RateLimitTable } from "./rate-limit-table.ts";

/** How often a process reports what it has allowed. */
export const EXCHANGE_MS = 500;

/** Keys of one report; what others have used is counted on this machine alone. */
const MOST_KEYS = 2000;

/** Reports between two deletions of old rows. */
const FORGET_EVERY = 120;

/** What a limit has allowed to one key since the last report. */
interface Allowed {
  readonly key: string;
  readonly cell: number;
  used: number;
}

export interface SharedLimits {
  readonly table: LimitTable;
  /** The time that all nodes share. */
  readonly time: Clock;
  /** Seals the keys, of which some are typed by visitors. */
  readonly secretKey: string;
}

export interface LimitExchangeParts extends SharedLimits {
  readonly cells: RateLimitTable;
  /** A steady clock, that of the limits of this machine. */
  readonly clock: Clock;
}

/**
 * Rate limits over nodes. Each process reports what it has allowed, and learns for these keys what all nodes have
 * allowed together. So nodes allow more than one would only between two reports, and then less until it is even. While
 * the database is away, each machine goes on with its own limits.
 */
export class LimitExchange {
  readonly #parts: LimitExchangeParts;
  #allowed = new Map<string, Allowed>();
  #reports = 0;

  constructor(parts: LimitExchangeParts) {
    this.#parts = parts;
  }

  /** Notes what was allowed. */
  note(key: string, cell: number, used: number): void {
    const known = this.#allowed.get(key);
    if (known !== undefined) known.used += used;
    else if (this.#allowed.size < MOST_KEYS) this.#allowed.set(key, { key, cell, used });
  }

  /** Reports, and takes over what other nodes have allowed. What cannot be reported counts on this machine alone. */
  async run(): Promise<void> {
    const { table, time, cells, clock, secretKey } = this.#parts;
    const at = Math.round(time() * 1000);
    if (++this.#reports % FORGET_EVERY === 0) await table.forget(at);
    const allowed = new Map(
      [...this.#allowed.values()].map((one) => [sealOf(secretKey, one), one]),
    );
    if (allowed.size === 0) return;
    this.#allowed = new Map();
    const uses = [...allowed].map(([key, { used }]) => ({ key, used }));
    const ahead = await table.add(uses, at);
    const now = Math.round(clock() * 1000);
    for (const [key, { cell }] of allowed) cells.raise(cell, now + (ahead.get(key) ?? 0));
  }
}

/** The database knows no addresses of visitors. */
function sealOf(secretKey: string, { key }: { readonly key: string }): string {
  return createHmac("sha256", secretKey).update(`limit:${key}`).digest("base64url");
}
