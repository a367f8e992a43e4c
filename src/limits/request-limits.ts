import type { Clock } from "../clock.ts";
import type { SettingKey, Settings } from "../config/settings.ts";
import { networkOf } from "../os/ip-network.ts";
import { Problem } from "../problem.ts";
import type { Logger } from "../telemetry/log.ts";
import type { Metrics } from "../telemetry/metrics.ts";
import type { LimitExchange } from "./limit-exchange.ts";
import { RateLimit, type Standing } from "./rate-limit.ts";
import type { RateLimitTable } from "./rate-limit-table.ts";
import { text } from "./text.en.ts";

export interface RequestLimitsParts {
  readonly table: RateLimitTable;
  /** Of limits that all nodes share; null where there is one. */
  readonly exchange: LimitExchange | null;
  readonly clock: Clock;
  readonly settings: () => Settings;
  readonly metrics: Metrics;
  readonly log: Logger;
}

/** The address of all peers of a unix socket whose proxy names no client: these are not limited. */
const UNIDENTIFIED = "local";

/** Refusals of one client that are logged. */
const LOGGED_PER_MINUTE = 1;

/** A request that its caller may not make. */
export interface Refusal {
  /** Null for a visitor. */
  readonly userId: number | null;
  readonly account: string | null;
  /** The administrator who impersonates the account. */
  readonly impersonator: string | null;
  readonly address: string;
  readonly method: string;
  readonly path: string;
  readonly code: string;
  readonly requestId: string;
}

/** Rate limits of requests, by IP address (of IPv6: the /64), account or API key. */
export class RequestLimits {
  readonly #parts: RequestLimitsParts;
  readonly #misses: RateLimit;
  readonly #posts: RateLimit;
  readonly #openings: RateLimit;
  readonly #accounts: RateLimit;
  readonly #keys: RateLimit;
  readonly #keyGuesses: RateLimit;
  readonly #workOfVisitors: RateLimit;
  readonly #workOfAccounts: RateLimit;
  readonly #logged: RateLimit;

  constructor(parts: RequestLimitsParts) {
    this.#parts = parts;
    this.#misses = this.#limit("misses", "limits.stranger_per_minute");
    this.#posts = this.#limit("posts", "limits.stranger_per_minute");
    this.#openings = this.#limit("openings", "limits.open_per_minute");
    this.#accounts = this.#limit("account", "limits.account_per_minute");
    this.#keys = this.#limit("key", "limits.key_per_minute");
    this.#keyGuesses = this.#limit("key_guesses", "limits.stranger_per_minute");
    this.#workOfVisitors = this.#limit("work", "limits.stranger_cpu_ms");
    this.#workOfAccounts = this.#limit("account_work", "limits.account_cpu_ms");
    const { table, clock } = parts;
    this.#logged = new RateLimit({
      name: "logged",
      perMinute: () => LOGGED_PER_MINUTE,
      table,
      clock,
    });
  }

  /**
   * Counts a request of a visitor for what does not exist.
   * @throws Problem `too_many`
   */
  takeMiss(address: string): void {
    this.#take(this.#misses, networkOf(address), address);
  }

  /**
   * Counts a POST of a visitor.
   * @throws Problem `too_many`
   */
  takePost(address: string): void {
    this.#take(this.#posts, networkOf(address), address);
  }

  /**
   * Counts an opening of a live link.
   * @throws Problem `too_many`
   */
  takeOpening(address: string): void {
    this.#take(this.#openings, networkOf(address), address);
  }

  /**
   * Counts a request of an account.
   * @throws Problem `too_many`
   */
  takeOfAccount(userId: number, address: string): void {
    this.#take(this.#accounts, String(userId), address);
  }

  /**
   * Counts a request by an API key.
   * @throws Problem `too_many`
   */
  takeOfKey(keyId: number, address: string): void {
    this.#take(this.#keys, String(keyId), address);
  }

  /** What an account has left, or the API key by which it calls; null where it is not limited. */
  standingOf(userId: number, keyId: number | undefined): Standing | null {
    return keyId === undefined
      ? this.#accounts.standing(String(userId))
      : this.#keys.standing(String(keyId));
  }

  /**
   * Counts a request by an API key that is not valid.
   * @throws Problem `too_many`
   */
  takeKeyGuess(address: string): void {
    this.#take(this.#keyGuesses, networkOf(address), address);
  }

  /**
   * Takes CPU time for a response that is expensive to make: by its price, which is known before, so that what is
   * refused has cost nothing.
   * @param userId null for a visitor
   * @throws Problem `too_many`
   */
  takeWork(userId: number | null, address: string, costMs: number): void {
    const limit = userId === null ? this.#workOfVisitors : this.#workOfAccounts;
    const key = userId === null ? networkOf(address) : String(userId);
    this.#take(limit, key, address, costMs);
  }

  /**
   * Logs that a request was refused: once a minute for each account, or network of visitors, and rule.
   * @param rule as it is worded to the client
   */
  noteRefusal(rule: string, { userId, address, ...facts }: Refusal): void {
    const who = userId === null ? networkOf(address) : userId;
    if (this.#logged.take(`refused ${who} ${rule}`).allowed)
      this.#parts.log.warn({ ...facts, address, reason: rule }, "Request refused");
  }

  #take(limit: RateLimit, key: string, address: string, cost?: number): void {
    if (key === UNIDENTIFIED) return;
    const verdict = limit.take(key, cost);
    if (verdict.allowed) return;
    this.#note(limit, key, address);
    if (cost !== undefined) throw tooMuchWork(verdict.retryAfterSeconds);
    throw tooMany(limit, verdict.retryAfterSeconds);
  }

  #note(limit: RateLimit, key: string, address: string): void {
    const { metrics, log } = this.#parts;
    metrics.countLimited(limit.name);
    if (this.#logged.take(`${limit.name} ${key}`).allowed)
      log.warn({ limit: limit.name, address }, "Rate limit exceeded");
  }

  #limit(name: string, key: Extract<SettingKey, `limits.${string}`>): RateLimit {
    const { table, exchange, clock, settings } = this.#parts;
    return new RateLimit({ name, perMinute: () => settings()[key], table, exchange, clock });
  }
}

/** The caller that a limit counts: an account, or the network of a visitor; null for one that is not limited. */
export function callerOf(userId: number | null, address: string): string | null {
  if (userId !== null) return `account ${userId}`;
  return address === UNIDENTIFIED ? null : networkOf(address);
}

function tooMuchWork(retryAfterSeconds: number): Problem {
  return new Problem("too_many", text.workExceeded, { retryAfterSeconds });
}

function tooMany({ name, perMinute }: RateLimit, retryAfterSeconds: number): Problem {
  const limit = { name, perMinute };
  return new Problem("too_many", text.exceeded(perMinute), { retryAfterSeconds, limit });
}
