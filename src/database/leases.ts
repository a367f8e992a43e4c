import { type RawBuilder, sql } from "kysely";
import type { Database } from "./database.ts";
import { readDatabaseTime } from "./database-consistency.ts";

/** How the last run of something that is done in one place went. Times in milliseconds, UTC. */
export interface LeaseState {
  readonly name: string;
  readonly holder: string;
  readonly ranAt: number | null;
  readonly tookMs: number | null;
  /** Why it failed, or "". */
  readonly failure: string;
}

/** After that, the lease of a crashed holder is free. A job that takes longer renews its lease. */
const RUN_MS = 600_000;

/** How often a lease is renewed while its job runs. */
export const RENEW_MS = RUN_MS / 5;

/** Timers come a little before or after their time: the next run may begin so much of a period early. */
const EARLY = 0.9;

/**
 * Jobs that run in one process of all nodes: the first one to acquire the lease. All times are of the database's clock,
 * so that nodes need not agree. If that clock was set back, leases are further ahead than they can be, and void.
 */
export class Leases {
  readonly #database: Database;
  readonly #holder: string;

  /** @param holder names this process to people */
  constructor(database: Database, holder: string) {
    this.#database = database;
    this.#holder = holder;
  }

  /**
   * Tries to acquire the lease of `name`; release it with `finish`.
   * @param everyMs the longest period for which a run of the job keeps it
   * @returns when the run begins; null if another process has the lease
   */
  async take(name: string, everyMs: number): Promise<number | null> {
    const { lookup } = this.#database;
    const { now } = this.#database.dialect;
    const latest = later(now, Math.max(RUN_MS, everyMs));
    // A last run in the future, too, is of a clock that was set back.
    const isHeld = sql<boolean>`lease.until > ${now} and lease.until <= ${latest}
      and coalesce(lease.ran_at, 0) <= ${now}`;
    const held = lookup.selectFrom("lease").select("name").where("name", "=", name).where(isHeld);
    if ((await held.executeTakeFirst()) !== undefined) return null;
    return await this.#database.write(async (trx) => {
      const taken = { holder: this.#holder, until: later(now, RUN_MS) };
      const pastRun = sql<number | null>`case when lease.ran_at <= ${now} then lease.ran_at end`;
      const query = trx
        .insertInto("lease")
        .values({ name, ...taken })
        .onConflict((on) =>
          on
            .column("name")
            .doUpdateSet({ ...taken, ran_at: pastRun })
            .where(sql<boolean>`not (${isHeld})`),
        )
        .returning("until");
      const row = await query.executeTakeFirst();
      return row === undefined ? null : row.until - RUN_MS;
    });
  }

  /** Keeps a lease for as long again; without effect once another process has it. */
  async renew(name: string): Promise<void> {
    const until = later(this.#database.dialect.now, RUN_MS);
    await this.#database.write(async (trx) => {
      const query = trx.updateTable("lease").set({ until }).where("name", "=", name);
      await query.where("holder", "=", this.#holder).execute();
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
    const { dialect } = this.#database;
    await this.#database.write(async (trx) => {
      const state = {
        until: beganAt + Math.floor(everyMs * EARLY),
        ran_at: beganAt,
        took_ms: sql<number>`${dialect.now} - cast(${beganAt} as bigint)`,
        failure,
      };
      const query = trx.updateTable("lease").set(state).where("name", "=", name);
      await query.where("holder", "=", this.#holder).execute();
    });
  }

  /** Returns the time by which leases are held. */
  async now(): Promise<number> {
    return await readDatabaseTime(this.#database);
  }

  async list(): Promise<LeaseState[]> {
    return await this.#database.read
      .selectFrom("lease")
      .select(["name", "holder", "ran_at as ranAt", "took_ms as tookMs", "failure"])
      .orderBy("name")
      .execute();
  }
}

function later(now: RawBuilder<number>, ms: number): RawBuilder<number> {
  return sql<number>`${now} + cast(${ms} as bigint)`;
}
