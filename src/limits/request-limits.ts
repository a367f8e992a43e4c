import type { Clock } from "../clock.ts";
import type { SettingKey, Settings } from "../config/settings.ts";
import { networkOf } from "../os/ip-network.ts";
import { Problem } from "../problem.ts";
import type { Logger } from "../telemetry/log.ts";
import type { Metrics } from "../telemetry/metrics.ts";
import { RateLimit } from "./rate-limit.ts";
import type { RateLimitTable } from "./rate-limit-table.ts";

export interface RequestLimitsParts {
  readonly table: RateLimitTable;
  readonly clock: Clock;
  readonly settings: () => Settings;
  readonly metrics: Metrics;
  readonly log: Logger;
}

/** The address of all peers of a unix socket whose proxy names no client: these are not limited. */
const UNIDENTIFIED = "local";

/** How often one caller's refusals are logged. */
const TOLD_A_MINUTE = 1;

/** How much may be asked of the site, by an address (of IPv6: a /64) or an account. */
export class RequestLimits {
  readonly #parts: RequestLimitsParts;
  readonly #misses: RateLimit;
  readonly #posts: RateLimit;
  readonly #openings: RateLimit;
  readonly #accounts: RateLimit;
  readonly #told: RateLimit;

  constructor(parts: RequestLimitsParts) {
    this.#parts = parts;
    this.#misses = this.#limit("misses", "limits.stranger_per_minute");
    this.#posts = this.#limit("posts", "limits.stranger_per_minute");
    this.#openings = this.#limit("openings", "limits.open_per_minute");
    this.#accounts = this.#limit("account", "limits.account_per_minute");
    const { table, clock } = parts;
    this.#told = new RateLimit({ name: "told", perMinute: () => TOLD_A_MINUTE, table, clock });
  }

  /**
   * A stranger asked for what is not there.
   * @throws Problem `too_many`
   */
  takeMiss(address: string): void {
    this.#take(this.#misses, networkOf(address), address);
  }

  /**
   * A stranger asks for a change.
   * @throws Problem `too_many`
   */
  takePost(address: string): void {
    this.#take(this.#posts, networkOf(address), address);
  }

  /**
   * Somebody opens a live link.
   * @throws Problem `too_many`
   */
  takeOpening(address: string): void {
    this.#take(this.#openings, networkOf(address), address);
  }

  /**
   * An account asks for anything.
   * @throws Problem `too_many`
   */
  takeOfAccount(userId: number, address: string): void {
    this.#take(this.#accounts, String(userId), address);
  }

  #take(limit: RateLimit, key: string, address: string): void {
    if (key === UNIDENTIFIED) return;
    const verdict = limit.take(key);
    if (verdict.allowed) return;
    this.#tell(limit, key, address);
    throw tooMany(limit, verdict.retryAfterSeconds);
  }

  #tell(limit: RateLimit, key: string, address: string): void {
    const { metrics, log } = this.#parts;
    metrics.countLimited(limit.name);
    if (this.#told.take(`${limit.name} ${key}`).allowed)
      log.warn({ limit: limit.name, address }, "too many requests");
  }

  #limit(name: string, key: Extract<SettingKey, `limits.${string}`>): RateLimit {
    const { table, clock, settings } = this.#parts;
    return new RateLimit({ name, perMinute: () => settings()[key], table, clock });
  }
}

function tooMany({ name, perMinute }: RateLimit, retryAfterSeconds: number): Problem {
  const message = `More than ${perMinute} a minute is too much.`;
  return new Problem("too_many", message, { retryAfterSeconds, limit: { name, perMinute } });
}
