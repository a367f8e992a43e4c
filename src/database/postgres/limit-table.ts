import { type Kysely, sql } from "kysely";
import type { Schema } from "../schema.ts";

/** What an exact limit takes at once, and how far ahead all of it may be, in microseconds. */
export interface Allowance {
  readonly now: number;
  readonly taken: number;
  readonly most: number;
}

/** What a client has used on one node since its last report, in microseconds of its limit. */
export interface Use {
  readonly key: string;
  readonly used: number;
}

/** Microseconds for which a limit may count as used up by reports: nodes together allow more than one of them would. */
const MOST_REPORTED = 72_000_000;

/** Rows further ahead than this, beyond what is allowed, are of a clock that was set back. */
const CLOCK_TOLERANCE = 60_000_000;

/**
 * What clients have used of rate limits, over all nodes: for each key until when its allowance is used up (GCRA, see
 * `RateLimit`), by the time that nodes share, in
 * microseconds. The table is unlogged, so a write waits for no disk.
 */
export class LimitTable {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  /** Takes of a limit exactly; returns by how many microseconds that would be too much, 0 if it is taken. */
  async take(key: string, { now, taken, most }: Allowance): Promise<number> {
    const at = sql`${now}::bigint`;
    const until = sql<number>`case when used.used_until > ${at} + ${most + CLOCK_TOLERANCE}::bigint
      then ${at} else greatest(used.used_until, ${at}) end`;
    const { rows } = await sql`insert into rate_limit as used (key, used_until)
      values (${key}, ${at} + ${taken}::bigint)
      on conflict (key) do update set used_until = ${until} + ${taken}::bigint
      where ${until} + ${taken}::bigint <= ${at} + ${most}::bigint
      returning used_until`.execute(this.#db);
    if (rows.length > 0) return 0;
    const found = await sql<{ ahead: number }>`select used_until - ${at} as ahead
      from rate_limit where key = ${key}`.execute(this.#db);
    return Math.max(1, (found.rows[0]?.ahead ?? 0) + taken - most);
  }

  async giveBack(key: string, taken: number): Promise<void> {
    await this.#db
      .updateTable("rate_limit")
      .set((row) => ({ used_until: row("used_until", "-", taken) }))
      .where("key", "=", key)
      .execute();
  }

  async reset(key: string): Promise<void> {
    await this.#db.deleteFrom("rate_limit").where("key", "=", key).execute();
  }

  /** Adds what this node has allowed; returns for each key how many microseconds it is used up from now, over all nodes. */
  async add(uses: readonly Use[], now: number): Promise<ReadonlyMap<string, number>> {
    const at = sql`${now}::bigint`;
    // In one order, so that of two nodes that add the same keys neither waits for the other for ever.
    const inOrder = uses.toSorted((a, b) => (a.key < b.key ? -1 : 1));
    const keys = inOrder.map(({ key }) => key);
    const used = inOrder.map(({ used }) => used);
    const sum = sql`greatest(used.used_until, ${at}) + excluded.used_until - ${at}`;
    const { rows } = await sql<{ key: string; ahead: number }>`
      insert into rate_limit as used (key, used_until)
      select key, ${at} + least(us, ${MOST_REPORTED})
      from unnest(${keys}::text[], ${used}::bigint[]) as given (key, us)
      on conflict (key) do update set used_until = least(${sum}, ${at} + ${MOST_REPORTED})
      returning key, used_until - ${at} as ahead`.execute(this.#db);
    return new Map(rows.map(({ key, ahead }) => [key, ahead]));
  }

  /** Deletes what is used no longer. */
  async forget(now: number): Promise<void> {
    await this.#db.deleteFrom("rate_limit").where("used_until", "<=", now).execute();
  }
}
