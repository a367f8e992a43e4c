import { createHmac, timingSafeEqual } from "node:crypto";
import type { Clock, Random } from "../../clock.ts";
import { ExactLimit } from "../../limits/exact-limit.ts";
import type { SharedLimits } from "../../limits/limit-exchange.ts";
import { RateLimit } from "../../limits/rate-limit.ts";
import type { RateLimitTable } from "../../limits/rate-limit-table.ts";

interface OncePassParts {
  readonly secretKey: string;
  readonly clock: Clock;
  readonly random: Random;
  /** Table and clock of rate limits, where used passes are remembered. */
  readonly limited: { readonly table: RateLimitTable; readonly clock: Clock };
  /** The same over all nodes; null where there is one. */
  readonly shared: SharedLimits | null;
}

const VALID_MS = 540_000;
/** A used pass is remembered for longer than it is valid. */
const REMEMBERED_MINUTES = 10;
const NONCE_BYTES = 12;

/** Passes that open an address once, on any process of the site. */
export class OncePass {
  readonly #key: string;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #used: ExactLimit;

  constructor({ secretKey, clock, random, limited, shared }: OncePassParts) {
    this.#key = secretKey;
    this.#clock = clock;
    this.#random = random;
    const perMinute = () => 1 / REMEMBERED_MINUTES;
    const local = new RateLimit({ name: "once", perMinute, burst: 1, ...limited });
    this.#used = new ExactLimit(local, shared);
  }

  /** Returns a pass for one address, of letters, digits, `-` and `_`. */
  issue(address: string): string {
    const nonce = Buffer.from(this.#random(NONCE_BYTES)).toString("base64url");
    const head = `${(this.#clock() + VALID_MS).toString(36)}.${nonce}`;
    return `${head}.${this.#seal(head, address)}`;
  }

  /** Whether a pass was issued for this address, not long ago, and is used for the first time. */
  async redeem(pass: string, address: string): Promise<boolean> {
    const [, head, until, seal] = /^(([0-9a-z]{1,12})\.[\w-]{16})\.([\w-]{43})$/.exec(pass) ?? [];
    if (head === undefined || until === undefined || seal === undefined) return false;
    if (Number.parseInt(until, 36) < this.#clock()) return false;
    const expected = Buffer.from(this.#seal(head, address));
    if (!timingSafeEqual(Buffer.from(seal), expected)) return false;
    return (await this.#used.take(head)).allowed;
  }

  #seal(head: string, address: string): string {
    return createHmac("sha256", this.#key).update(`once:${head}:${address}`).digest("base64url");
  }
}
