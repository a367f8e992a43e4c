import { sql } from "kysely";
import type { Clock } from "../clock.ts";
import type { Settings } from "../config/settings.ts";
import type { Database, Trx } from "../database/database.ts";
import type { Schema } from "../database/schema.ts";
import { every } from "../os/every.ts";
import { isClaimed } from "../os/machine-lock.ts";
import { type Actor, may, type SiteAction } from "../policy.ts";
import { Problem } from "../problem.ts";
import type { Logger } from "../telemetry/log.ts";
import { version } from "../version.ts";
import { jobsLock, type Node, type NodeState, nodeAddressOf, nodeNameOf } from "./node.ts";
import { text } from "./text.en.ts";

export interface NodesParts {
  readonly database: Database;
  /** Of the site: the database's, where it is shared. */
  readonly clock: Clock;
  readonly machineClock: Clock;
  readonly log: Logger;
  readonly settings: Pick<Settings, "server.node_name" | "server.listen">;
  /** What the processes of this machine share. */
  readonly runFolder: string;
}

/** How often a node says that it is there. */
const BEAT_MS = 2000;

/** A node that has not been heard of for longer is away. */
const AWAY_MS = 30_000;

/** A node that has not been seen for longer is forgotten. */
const FORGOTTEN_MS = 86_400_000;

/** Times in a row that a row was another process's: workers replace each other once. */
const MOST_TAKEOVERS = 3;

/**
 * The machines that run Trunk8 on this database. One process of each keeps its row up to date. Where the database is
 * this machine's alone, the row is written at the start only, and whether the server runs is asked of the machine.
 */
export class Nodes {
  /** Name of this machine among the nodes. */
  readonly name: string;
  readonly #parts: NodesParts;
  readonly #isShared: boolean;
  #state: "ready" | "draining" = "ready";
  /** Of the row that this process wrote last: the rows of others differ in it. */
  #startedAt: number | null = null;
  #isKeeping = false;
  #takeovers = 0;

  constructor(parts: NodesParts) {
    this.#parts = parts;
    this.#isShared = parts.database.settings !== null;
    this.name = nodeNameOf(parts.settings);
  }

  /** Whether this process is stopping: it still answers, but should get no more requests. */
  get isDraining(): boolean {
    return this.#state === "draining";
  }

  /** Keeps this machine's row up to date until the returned function is called. */
  start(): () => void {
    this.#isKeeping = true;
    const stop = this.#isShared
      ? every(BEAT_MS, () => this.#beat(), this.#parts.log, { now: true })
      : () => {};
    if (!this.#isShared) void this.#beat();
    return () => {
      stop();
      this.#isKeeping = false;
    };
  }

  /** Notes that this process is stopping. */
  async drain(): Promise<void> {
    this.#state = "draining";
    if (this.#isShared && this.#isKeeping) await this.#beat();
  }

  /** Notes that this machine's server has stopped. */
  async leave(): Promise<void> {
    if (!this.#isShared || this.#startedAt === null) return;
    const startedAt = this.#startedAt;
    await this.#unlessAway(async () => {
      await this.#parts.database.write(async (trx) => {
        const query = trx.updateTable("node").set({ state: "gone" });
        await query.where("name", "=", this.name).where("started_at", "=", startedAt).execute();
      });
    });
  }

  /**
   * Lists the nodes that were seen within a day.
   * @throws Problem `forbidden`
   */
  async list(actor: Actor): Promise<Node[]> {
    requireMay(actor, "node.list");
    const { lookup, dialect } = this.#parts.database;
    const rows = await lookup
      .selectFrom("node")
      .selectAll()
      .select(dialect.now.as("now"))
      .orderBy("name")
      .execute();
    return rows.flatMap(({ now, ...row }) => {
      if (!this.#isShared) return [nodeOf({ ...row, seen_at: now }, this.#stateHere())];
      return row.seen_at < now - FORGOTTEN_MS ? [] : [nodeOf(row, stateOf(row, now))];
    });
  }

  /**
   * Removes a node that does not run.
   * @throws Problem `forbidden`, `not_found`, `conflict` where it runs
   */
  async forget(actor: Actor, name: string): Promise<void> {
    requireMay(actor, "node.forget");
    const node = (await this.list(actor)).find((known) => known.name === name);
    if (node === undefined) throw new Problem("not_found", text.unknown(name));
    if (isRunning(node)) throw new Problem("conflict", text.running(name));
    await this.#parts.database.write(async (trx) => {
      // Unless it has come back since.
      const query = trx.deleteFrom("node").where("name", "=", name);
      await query.where("started_at", "=", node.startedAt).execute();
    });
  }

  #stateHere(): NodeState {
    return isClaimed(jobsLock(this.#parts.runFolder)) ? this.#state : "gone";
  }

  async #beat(): Promise<void> {
    await this.#unlessAway(async () => {
      const { database, log } = this.#parts;
      const isOurs = await database.write((trx) => this.#renew(trx));
      this.#takeovers = isOurs ? 0 : this.#takeovers + 1;
      if (this.#takeovers === MOST_TAKEOVERS)
        log.warn({ node: this.name }, "Another node has the same name, set server.node_name");
    });
  }

  /** Renews the row, or takes it over; returns whether it was this process's. */
  async #renew(trx: Trx): Promise<boolean> {
    const { clock, machineClock, database } = this.#parts;
    const { now } = database.dialect;
    const fresh = {
      version,
      address: nodeAddressOf(this.#parts.settings),
      state: this.#state,
      seen_at: now,
      clock_ms: Math.round(machineClock() - clock()),
      changes_ms: database.changes.isProven ? roundOrNull(database.changesDelayMs()) : null,
    };
    const renewed = await trx
      .updateTable("node")
      .set(fresh)
      .where("name", "=", this.name)
      .where("started_at", "=", this.#startedAt ?? 0)
      .executeTakeFirst();
    if (renewed.numUpdatedRows > 0n) return true;
    const taken = await trx
      .insertInto("node")
      .values({ name: this.name, ...fresh, started_at: now })
      .onConflict((on) => on.column("name").doUpdateSet({ ...fresh, started_at: now }))
      .returning("started_at")
      .executeTakeFirstOrThrow();
    this.#startedAt = taken.started_at;
    await this.#deleteOld(trx);
    return false;
  }

  /** The row of a machine alone is the only one: its name may have changed. */
  async #deleteOld(trx: Trx): Promise<void> {
    const { now } = this.#parts.database.dialect;
    const others = trx.deleteFrom("node").where("name", "!=", this.name);
    const old = sql<boolean>`seen_at < ${now} - cast(${FORGOTTEN_MS} as bigint)`;
    await (this.#isShared ? others.where(old) : others).execute();
  }

  /** That the database is away is reported by its other callers. */
  async #unlessAway(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (err) {
      this.#parts.log.debug({ err }, "Cannot write to the list of nodes");
    }
  }
}

/** Whether a node answers, as far as is known. */
export function isRunning({ state }: Node): boolean {
  return state === "ready" || state === "draining";
}

function stateOf({ state, seen_at: seenAt }: Schema["node"], now: number): NodeState {
  return state !== "gone" && seenAt < now - AWAY_MS ? "away" : state;
}

function nodeOf(row: Schema["node"], state: NodeState): Node {
  const { name, version, address } = row;
  const times = { startedAt: row.started_at, seenAt: row.seen_at };
  return {
    name,
    version,
    address,
    state,
    ...times,
    clockMs: row.clock_ms,
    changesMs: row.changes_ms,
  };
}

function roundOrNull(ms: number | null): number | null {
  return ms === null ? null : Math.round(ms);
}

function requireMay(actor: Actor, action: SiteAction): void {
  if (!may(actor, action)) throw new Problem("forbidden", text.forbidden);
}
