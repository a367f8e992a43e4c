import { join } from "node:path";
import type { Clock, Random } from "../clock.ts";
import type { LimitTable } from "../database/postgres/limit-table.ts";
import { every } from "../os/every.ts";
import { mapFile } from "../os/mapped-file.ts";
import type { Logger } from "../telemetry/log.ts";
import { EXCHANGE_MS, LimitExchange, type SharedLimits } from "./limit-exchange.ts";
import { RATE_LIMIT_TABLE_BYTES, RateLimitTable } from "./rate-limit-table.ts";

/** Failed sign-ins for one address and account. */
export const SIGN_IN_LIMIT = { name: "sign-in", perMinute: () => 5, burst: 10 };

/** Wrong passwords for one link from one network. */
export const LINK_PASSWORD_LIMIT = { name: "link-password", perMinute: () => 5, burst: 10 };

/** Wrong passwords for all links from one network. */
export const LINK_PASSWORDS_LIMIT = { name: "link-passwords", perMinute: () => 20, burst: 40 };

/** Refused sign-ins of one network that are recorded. */
export const REFUSAL_LIMIT = { name: "refusals", perMinute: () => 10, burst: 50 };

export interface LimitingParts {
  readonly runFolder: string;
  /** A steady clock. */
  readonly clock: Clock;
  /** The time that all nodes share. */
  readonly time: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** Null where there are no other nodes. */
  readonly limits: LimitTable | null;
  readonly secretKey: string;
}

/** Where rate limits count: in memory of the machine, and where nodes share a database, over all of them. */
export class Limiting {
  /** For limits of this machine. */
  readonly limited: { readonly table: RateLimitTable; readonly clock: Clock };
  /** For limits that are exact over all nodes. */
  readonly shared: SharedLimits | null;
  /** For limits that nodes tell each other. */
  readonly exchange: LimitExchange | null;
  readonly #stop: () => void;

  constructor({ runFolder, clock, time, random, log, limits: table, secretKey }: LimitingParts) {
    const cells = openTable(runFolder, { random, log });
    this.limited = { table: cells, clock };
    this.shared = table && { table, time, secretKey };
    const exchange = this.shared && new LimitExchange({ ...this.shared, cells, clock });
    this.exchange = exchange;
    // Its failures are those of the database, which its other callers report.
    const report = () => exchange?.run().catch(() => {});
    this.#stop = exchange === null ? () => {} : every(EXCHANGE_MS, report, log);
  }

  close(): void {
    this.#stop();
  }
}

/** What callers have taken of their limits, over all processes of this machine; of this one alone on a full disk. */
function openTable(
  runFolder: string,
  { random, log }: Pick<LimitingParts, "random" | "log">,
): RateLimitTable {
  const seed = Buffer.from(random(8)).readBigInt64LE();
  try {
    return new RateLimitTable(mapFile(join(runFolder, "limits"), RATE_LIMIT_TABLE_BYTES), seed);
  } catch (error) {
    log.warn({ err: error }, "Rate limits are per process: no disk space for their shared file");
    return new RateLimitTable(new Uint8Array(RATE_LIMIT_TABLE_BYTES), seed);
  }
}
