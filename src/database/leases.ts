import { randomUUID } from "node:crypto";
import { type RawBuilder, type SqlBool, sql } from "kysely";
import { type ErrorLog, every } from "../os/every.ts";
import type { Database, Trx } from "./database.ts";
import { readDatabaseTime } from "./database-consistency.ts";

/** How the last run of something that is done in one place went. Times in milliseconds, UTC. */
export interface LeaseState {
  readonly name: string;
  readonly holder: string;
  readonly ranAt: number | null;
  readonly tookMs: number | null;
  /** Why it failed, or "". */
  readonly failure: string;
  /** Whether a process has it now, or the next run is not due yet. */
  readonly isHeld: boolean;
}

/** After that, the lease of a crashed holder is free. */
const RUN_MS = 20_000;

/** How often a lease is renewed while its job runs. */
export const RENEW_MS = RUN_MS / 4;

/** For how long versions that did not renew their leases took them. */
const FORMER_RUN_MS = 600_000;

/** Timers come a little before or after their time: the next run may begin so much of a period early. */
const EARLY = 0.9;

/** Another process has taken the lease meanwhile: this one was paused, or the database was away for too long. */
export class LeaseLost extends Error {
  constructor(name: string) {
    super(`Another process has the lease of ${name}.`);
  }
}

/**
 * Jobs that run in one process of all nodes: the first one to acquire the lease. All times are of the database's clock,
 * so that nodes need not agree. If that clock was set back, leases are further ahead than they can be, and void.
 *
 * Each acquisition has a number of its own (a fencing token): what a process writes under a lease that it has lost is
 * refused in the same transaction, see `fenceDatabase`.
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
   * Tries to acquire the lease of `name`; null if another process has it.
   * @param everyMs the longest period for which a run of the job keeps it
   */
  async take(name: string, everyMs: number): Promise<Lease | null> {
    const { lookup, dialect } = this.#database;
    const { now } = dialect;
    // A last run in the future, too, is of a clock that was set back.
    const isHeld = sql<boolean>`${isAhead(now, everyMs)} and coalesce(lease.ran_at, 0) <= ${now}`;
    const held = lookup.selectFrom("lease").select("name").where("name", "=", name).where(isHeld);
    if ((await held.executeTakeFirst()) !== undefined) return null;
    const holder = this.#holder;
    const row = await this.#database.write(async (trx) => {
      const taken = { holder, until: later(now, RUN_MS) };
      const pastRun = sql<number | null>`case when lease.ran_at <= ${now} then lease.ran_at end`;
      const fence = sql<number>`lease.fence + 1`;
      const query = trx
        .insertInto("lease")
        .values({ name, ...taken, fence: 1 })
        .onConflict((on) =>
          on
            .column("name")
            .doUpdateSet({ ...taken, fence, ran_at: pastRun })
            .where(sql<boolean>`not (${isHeld})`),
        )
        .returning(["until", "fence"]);
      return await query.executeTakeFirst();
    });
    if (row === undefined) return null;
    const beganAt = row.until - RUN_MS;
    return new Lease(this.#database, { name, holder, fence: row.fence, beganAt });
  }

  /**
   * Holds `kind`, as other processes may at the same time, until the result is disposed; renewed meanwhile. Where the
   * database is one machine's, its locks do the same, and this is nothing.
   */
  async hold(kind: string, log: ErrorLog): Promise<AsyncDisposable> {
    if (this.#database.clock === null) return { [Symbol.asyncDispose]: async () => {} };
    const prefix = `${kind}:`;
    await this.#database.write(async (trx) => {
      const query = trx.deleteFrom("lease").where("name", "like", `${prefix}%`);
      await query.where(sql<SqlBool>`not (${isAhead(this.#database.dialect.now)})`).execute();
    });
    const lease = await this.take(prefix + randomUUID(), RUN_MS);
    if (lease === null) throw new Error(`${kind} is held under a new name.`);
    const stop = every(RENEW_MS, () => lease.renew(), log);
    return {
      [Symbol.asyncDispose]: async () => {
        stop();
        await lease.remove();
      },
    };
  }

  /** Whether any process of any node holds `kind`. */
  async isHeld(kind: string): Promise<boolean> {
    const { lookup, dialect, clock } = this.#database;
    if (clock === null) return false;
    const query = lookup.selectFrom("lease").select("name").where("name", "like", `${kind}:%`);
    return (await query.where(isAhead(dialect.now)).executeTakeFirst()) !== undefined;
  }

  /** Returns the time by which leases are held. */
  async now(): Promise<number> {
    return await readDatabaseTime(this.#database);
  }

  async list(): Promise<LeaseState[]> {
    const isHeld = sql<number>`case when ${isAhead(this.#database.dialect.now)} then 1 else 0 end`;
    const rows = await this.#database.read
      .selectFrom("lease")
      .select(["name", "holder", "ran_at as ranAt", "took_ms as tookMs", "failure"])
      .select(isHeld.as("isHeld"))
      .orderBy("name")
      .execute();
    return rows.map((row) => ({ ...row, isHeld: Number(row.isHeld) === 1 }));
  }
}

interface Acquisition {
  readonly name: string;
  readonly holder: string;
  readonly fence: number;
  /** By the database's clock. */
  readonly beganAt: number;
}

/** A lease that this process has acquired. */
export class Lease {
  readonly name: string;
  readonly #database: Database;
  readonly #acquired: Acquisition;

  constructor(database: Database, acquired: Acquisition) {
    this.name = acquired.name;
    this.#database = database;
    this.#acquired = acquired;
  }

  /**
   * Keeps it for as long again, and until the transaction ends.
   * @throws LeaseLost; then nothing of the transaction may be committed
   */
  async keep(trx: Trx): Promise<void> {
    const until = later(this.#database.dialect.now, RUN_MS);
    const { numUpdatedRows } = await this.#rowIn(trx).set({ until }).executeTakeFirst();
    if (numUpdatedRows === 0n) throw new LeaseLost(this.name);
  }

  /** @throws LeaseLost */
  async renew(): Promise<void> {
    await this.#database.write((trx) => this.keep(trx));
  }

  /**
   * Notes how a run went, and that the next is due `everyMs` after it began; without effect once it is lost.
   * @param failure why it failed, or ""
   */
  async finish({ everyMs, failure }: { everyMs: number; failure: string }): Promise<void> {
    const { beganAt } = this.#acquired;
    const state = {
      until: beganAt + Math.floor(everyMs * EARLY),
      ran_at: beganAt,
      took_ms: sql<number>`${this.#database.dialect.now} - cast(${beganAt} as bigint)`,
      failure,
    };
    await this.#database.write((trx) => this.#rowIn(trx).set(state).execute());
  }

  /** Gives it up: another process may acquire it at once. */
  async release(): Promise<void> {
    await this.#database.write((trx) => this.#rowIn(trx).set({ until: 0 }).execute());
  }

  /** Deletes one that is acquired only once. */
  async remove(): Promise<void> {
    const { name, fence } = this.#acquired;
    await this.#database.write((trx) =>
      trx.deleteFrom("lease").where("name", "=", name).where("fence", "=", fence).execute(),
    );
  }

  /** Its row, unless it is lost. A version without fences changes the holder only. */
  #rowIn(trx: Trx) {
    const { name, holder, fence } = this.#acquired;
    const row = trx.updateTable("lease").where("name", "=", name);
    return row.where("holder", "=", holder).where("fence", "=", fence);
  }
}

/** Whether a lease is held; one further ahead than it can be is void. */
function isAhead(now: RawBuilder<number>, everyMs = 0): RawBuilder<SqlBool> {
  const latest = later(now, Math.max(FORMER_RUN_MS, everyMs));
  return sql<SqlBool>`(lease.until > ${now} and lease.until <= ${latest})`;
}

function later(now: RawBuilder<number>, ms: number): RawBuilder<number> {
  return sql<number>`${now} + cast(${ms} as bigint)`;
}
