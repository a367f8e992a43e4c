import type { Clock } from "../clock.ts";
import type { Database } from "./database.ts";

/** How the last run of something that is done in one place went. Times in milliseconds, UTC. */
export interface LeaseState {
  readonly name: string;
  readonly holder: string;
  readonly ranAt: number | null;
  readonly tookMs: number | null;
  /** Why it failed, or "". */
  readonly failure: string;
}

/** Longer than any leased job runs: after that, the lease of a crashed holder is free. */
const RUN_MS = 600_000;

/** Timers come a little before or after their time: the next run may begin so much of a period early. */
const EARLY = 0.9;

/** Jobs that run in one process of all nodes: the first one to acquire the lease. */
export class Leases {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #holder: string;

  /** @param holder names this process to people */
  constructor(database: Database, clock: Clock, holder: string) {
    this.#database = database;
    this.#clock = clock;
    this.#holder = holder;
  }

  /** Tries to acquire the lease of `name`; release it with `finish`. */
  async take(name: string): Promise<boolean> {
    const now = this.#clock();
    const { lookup } = this.#database;
    const held = await lookup
      .selectFrom("lease")
      .select("until")
      .where("name", "=", name)
      .executeTakeFirst();
    if (held !== undefined && held.until > now) return false;
    const taken = { holder: this.#holder, until: now + RUN_MS };
    return await this.#database.write(async (trx) => {
      const query = trx
        .insertInto("lease")
        .values({ name, ...taken })
        .onConflict((on) => on.column("name").doUpdateSet(taken).where("lease.until", "<=", now));
      const { numInsertedOrUpdatedRows } = await query.executeTakeFirst();
      return numInsertedOrUpdatedRows === 1n;
    });
  }

  /**
   * Notes how a run went, and that the next is due `everyMs` after it began.
   * @param failure why it failed, or ""
   */
  async finish(
    name: string,
    run: { beganAt: number; everyMs: number; failure: string },
  ): Promise<void> {
    const { beganAt, everyMs, failure } = run;
    await this.#database.write(async (trx) => {
      const state = {
        until: beganAt + everyMs * EARLY,
        ran_at: beganAt,
        took_ms: this.#clock() - beganAt,
        failure,
      };
      const query = trx.updateTable("lease").set(state).where("name", "=", name);
      await query.where("holder", "=", this.#holder).execute();
    });
  }

  async list(): Promise<LeaseState[]> {
    return await this.#database.read
      .selectFrom("lease")
      .select(["name", "holder", "ran_at as ranAt", "took_ms as tookMs", "failure"])
      .orderBy("name")
      .execute();
  }
}
