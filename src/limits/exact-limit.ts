import { createHmac } from "node:crypto";
import type { SharedLimits } from "./limit-exchange.ts";
import type { RateLimit, Verdict } from "./rate-limit.ts";

/**
 * A rate limit that is exact over all nodes: the database counts each request. That of the machine counts too, so that
 * many requests at one node cost no queries, and a database that has crashed forgets nothing there.
 */
export class ExactLimit {
  readonly #local: RateLimit;
  readonly #shared: SharedLimits | null;

  /** @param shared null where there are no other nodes */
  constructor(local: RateLimit, shared: SharedLimits | null) {
    this.#local = local;
    this.#shared = shared;
  }

  get name(): string {
    return this.#local.name;
  }

  get perMinute(): number {
    return this.#local.perMinute;
  }

  /**
   * Counts a request if it is allowed.
   * @throws Problem `busy`; then it is not counted
   */
  async take(key: string): Promise<Verdict> {
    const here = this.#local.take(key);
    if (!here.allowed || this.#shared === null) return here;
    const { interval, burst } = this.#local;
    const now = Math.round(this.#shared.time() * 1000);
    const allowance = { now, taken: interval, most: interval * burst };
    let excess = allowance.taken;
    try {
      excess = await this.#shared.table.take(this.#seal(key), allowance);
    } finally {
      if (excess > 0) this.#local.giveBack(key);
    }
    if (excess === 0) return here;
    return { allowed: false, retryAfterSeconds: Math.ceil(excess / 1_000_000) };
  }

  /** Uncounts one request. */
  async giveBack(key: string): Promise<void> {
    this.#local.giveBack(key);
    await this.#shared?.table.giveBack(this.#seal(key), this.#local.interval);
  }

  /** Uncounts all requests. */
  async reset(key: string): Promise<void> {
    this.#local.reset(key);
    await this.#shared?.table.reset(this.#seal(key));
  }

  #seal(key: string): string {
    const text = `exact:${this.name} ${key}`;
    return createHmac("sha256", this.#shared?.secretKey ?? "")
      .update(text)
      .digest("base64url");
  }
}
