import { createHmac, timingSafeEqual } from "node:crypto";
import type { Clock } from "../../clock.ts";

/** How long a pass is valid: a slow connection takes minutes for the largest body. */
const VALID_MS = 900_000;

/** Passes for the proxy check of the command line, which has the site's secret key to sign them. */
export class ProbePass {
  readonly #key: string;
  readonly #clock: Clock;

  constructor({ secretKey, clock }: { readonly secretKey: string; readonly clock: Clock }) {
    this.#key = secretKey;
    this.#clock = clock;
  }

  issue(): string {
    const until = this.#clock() + VALID_MS;
    return `${until}.${this.#seal(until)}`;
  }

  accepts(text: string): boolean {
    const [, until, seal] = /^(\d{1,15})\.([\w-]{43})$/.exec(text) ?? [];
    if (until === undefined || seal === undefined || Number(until) < this.#clock()) return false;
    return timingSafeEqual(Buffer.from(seal), Buffer.from(this.#seal(Number(until))));
  }

  #seal(until: number): string {
    return createHmac("sha256", this.#key).update(`proxy-probe:${until}`).digest("base64url");
  }
}
