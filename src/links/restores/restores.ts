import { sql } from "kysely";
import type { Clock } from "../../clock.ts";
import type { Database, Trx } from "../../database/database.ts";
import { type Actor, may } from "../../policy.ts";
import { Problem } from "../../problem.ts";
import type { BulkWork } from "../bulk/bulk-work.ts";
import { requireList } from "../list/list-page.ts";
import { requireCreation } from "../rows/access.ts";
import type { ShortCode } from "../short-code.ts";
import { text } from "../text.en.ts";
import {
  NOT_BEGUN,
  type RestoreProblem,
  type RestoreProgress,
  type RestoreRecord,
  recordFrom,
} from "./restore-record.ts";

/** What a restore is started with. */
export type NewRestore = Pick<RestoreRecord, "ownerId" | "mode" | "archive" | "isSent"> &
  Partial<Pick<RestoreRecord, "progress">>;

/** How long a process has a restore without renewing it: then another one may go on with it. */
export const LEASE_MS = 30_000;

/** Ended restores are kept for so long, for the page that shows their result. */
const KEPT_MS = 30 * 86_400_000;

/** Ids that one statement looks for. */
const IDS = 1000;

/** A running restore, and the process that has it; it may have crashed if its time is over. */
export interface RunningRestore {
  readonly id: number;
  readonly archive: string;
  readonly holder: string;
  readonly isExpired: boolean;
  readonly createdAt: number;
}

export interface RestoresParts {
  readonly database: Database;
  readonly clock: Clock;
}

/** Changes of many links that an account may have waiting. */
const MOST_CHANGES = 20;

/**
 * Restores that run in portions, each in one process at a time. Of an account, a restore, an import and a change of many
 * links go on beside each other; a second change waits for the first.
 */
export class Restores {
  readonly #database: Database;
  readonly #clock: Clock;

  constructor({ database, clock }: RestoresParts) {
    this.#database = database;
    this.#clock = clock;
  }

  /**
   * Records a restore; a process that has its archive will run it.
   * @throws Problem `not_found`, `forbidden`; `busy` while another one of this kind is in progress, or many changes wait
   */
  async create(
    actor: Actor,
    { ownerId, mode, archive, isSent, progress = NOT_BEGUN }: NewRestore,
  ): Promise<RestoreRecord> {
    if (mode === "csv") requireCreation(actor, { ownerId, kind: "redirect" });
    else if (mode === "bulk") requireList(actor, ownerId);
    else if (!may(actor, "backup.restore", { ownerId }))
      throw new Problem("not_found", text.access.noSuchAccount);
    const created = await this.#database.write(async (trx) => {
      const newest = trx.selectFrom("link").select(sql<number>`coalesce(max(id), 0)`.as("id"));
      const row = {
        owner_id: ownerId,
        actor: JSON.stringify(actor),
        mode,
        archive,
        is_sent: isSent ? (1 as const) : (0 as const),
        newest_link_id: (await newest.executeTakeFirstOrThrow()).id,
        state: "running" as const,
        holder: "",
        until: 0,
        progress: JSON.stringify(progress),
        created_at: this.#clock(),
      };
      if (mode === "bulk" && (await hasManyChanges(trx, ownerId))) return undefined;
      const insert = trx.insertInto("restore").values(row);
      const free = insert.onConflict((on) => on.doNothing());
      return await free.returningAll().executeTakeFirst();
    });
    if (created === undefined) throw inProgress(mode);
    return recordFrom(created);
  }

  /** @throws Problem `busy` while a restore of this account is in progress */
  async refuseWhileRunning(ownerId: number): Promise<void> {
    if ((await this.findRunning(ownerId, "restore")) !== null) throw inProgress("merge");
  }

  /**
   * Records a change of many links, which runs soon, or after those of the account that were begun before.
   * @throws Problem as `create`
   */
  async createBulk(actor: Actor, ownerId: number, work: BulkWork): Promise<RestoreRecord> {
    const progress = { ...NOT_BEGUN, bulk: { work, before: 0, page: null } };
    const order = { ownerId, mode: "bulk", archive: "", isSent: false, progress } as const;
    return await this.create(actor, order);
  }

  async find(id: number): Promise<RestoreRecord | null> {
    const query = this.#database.lookup.selectFrom("restore").selectAll().where("id", "=", id);
    const row = await query.executeTakeFirst();
    return row === undefined ? null : recordFrom(row);
  }

  /** A change of many links that the actor may see; null for none. */
  async findBulk(actor: Actor, id: number): Promise<RestoreRecord | null> {
    const record = await this.find(id);
    return record?.mode === "bulk" && may(actor, "link.list", record) ? record : null;
  }

  /** The restore or import of an account that is in progress; null for none. */
  async findRunning(ownerId: number, kind: "restore" | "import"): Promise<RestoreRecord | null> {
    const query = this.#database.lookup.selectFrom("restore").selectAll();
    const own = query.where("owner_id", "=", ownerId).where("ended_at", "is", null);
    const modes = kind === "import" ? ["csv"] : ["merge", "replace"];
    const row = await own.where("mode", "in", modes).executeTakeFirst();
    return row === undefined ? null : recordFrom(row);
  }

  /** Whether it waits for a change of many links that its account has begun before. */
  async isWaiting({ id, ownerId, mode, endedAt }: RestoreRecord): Promise<boolean> {
    if (mode !== "bulk" || endedAt !== null) return false;
    const changes = openChanges(this.#database.lookup, ownerId).select("id");
    return (await changes.where("id", "<", id).limit(1).execute()).length > 0;
  }

  /** Lists restores that have not ended and wait for no other, the oldest first. */
  async listRunning(): Promise<RunningRestore[]> {
    const { now } = this.#database.dialect;
    // Further ahead than a lease can be: the database's clock was set back.
    const isExpired = sql<number>`case when until <= ${now} or until > ${now} + ${LEASE_MS * 2}
      then 1 else 0 end`;
    const rows = await this.#database.read
      .selectFrom("restore")
      .select(["id", "archive", "holder", "created_at as createdAt", isExpired.as("isExpired")])
      .where("ended_at", "is", null)
      .where(sql<boolean>`not (mode = 'bulk' and is_cancelled = 0 and exists (select 1 from restore as first
        where first.owner_id = restore.owner_id and first.mode = 'bulk'
          and first.ended_at is null and first.id < restore.id))`)
      .orderBy("id")
      .execute();
    return rows.map(({ isExpired, ...row }) => ({ ...row, isExpired: Number(isExpired) === 1 }));
  }

  /** Asks a restore to end after the portion under way. */
  async cancel(id: number): Promise<void> {
    await this.#database.write(async (trx) => {
      const update = trx.updateTable("restore").set({ is_cancelled: 1 }).where("id", "=", id);
      await update.where("ended_at", "is", null).execute();
    });
  }

  /** Takes a restore over from the holder that was seen; null if another process was faster. */
  async take(
    { id, holder: seen }: Pick<RunningRestore, "id" | "holder">,
    holder: string,
  ): Promise<HeldRestore | null> {
    return await this.#database.write(async (trx) => {
      const set = { holder, until: untilOf(this.#database) };
      const update = trx.updateTable("restore").set(set).where("id", "=", id);
      const held = update.where("holder", "=", seen).where("ended_at", "is", null);
      const { numUpdatedRows } = await held.executeTakeFirst();
      return numUpdatedRows > 0n ? new HeldRestore(this.#database, id, holder) : null;
    });
  }

  /** Deletes what is known of restores that ended long ago. */
  async forget(limit: number): Promise<number> {
    return await this.#database.write(async (trx) => {
      const ended = trx.selectFrom("restore").select("id");
      const old = ended.where("ended_at", "<=", this.#clock() - KEPT_MS).limit(limit);
      const deletion = trx.deleteFrom("restore").where("id", "in", old);
      return Number((await deletion.executeTakeFirst()).numDeletedRows);
    });
  }

  /** A page of an account's links up to an id, in the order of their ids, without declared ones. */
  async linksUpTo(
    ownerId: number,
    { after, newest, limit }: { after: number; newest: number; limit: number },
  ): Promise<{ readonly id: number; readonly code: ShortCode }[]> {
    return await this.#database.read
      .selectFrom("link")
      .select(["id", "short_code as code"])
      .where("owner_id", "=", ownerId)
      .where("declared", "=", 0)
      .where("deleted_at", "is", null)
      .where("id", ">", after)
      .where("id", "<=", newest)
      .orderBy("id")
      .limit(limit)
      .execute();
  }

  /** Those of some links that are still this owner's. */
  async ownIds(trx: Trx, ownerId: number, ids: readonly number[]): Promise<number[]> {
    const own: number[] = [];
    for (let at = 0; at < ids.length; at += IDS) {
      const query = trx.selectFrom("link").select("id").where("owner_id", "=", ownerId);
      const rows = await query.where("id", "in", ids.slice(at, at + IDS)).execute();
      own.push(...rows.map(({ id }) => id));
    }
    return own;
  }
}

/** A restore that another process has taken over, or whose account is gone. */
export class RestoreLost extends Error {}

/** A restore that this process has, to write how far it has come. */
export class HeldRestore {
  readonly id: number;
  readonly #database: Database;
  readonly #holder: string;

  constructor(database: Database, id: number, holder: string) {
    this.#database = database;
    this.id = id;
    this.#holder = holder;
  }

  /** @throws RestoreLost */
  async renew(): Promise<void> {
    await this.#database.write((trx) => this.#update(trx, {}));
  }

  /** Returns it: another process may go on with it at once. */
  async release(): Promise<void> {
    await this.#database.write((trx) => this.#update(trx, { holder: "", until: 0 }));
  }

  /** @throws RestoreLost; then nothing of the transaction may be committed */
  async advance(trx: Trx, progress: RestoreProgress): Promise<void> {
    await this.#update(trx, { progress: JSON.stringify(progress) });
  }

  /** @throws RestoreLost */
  async end(trx: Trx, { state, progress, problem, endedAt }: EndedRestore): Promise<void> {
    await this.#update(trx, {
      state,
      progress: JSON.stringify(progress),
      problem: problem && JSON.stringify(problem),
      ended_at: endedAt,
    });
  }

  async #update(trx: Trx, columns: Readonly<Record<string, string | number | null>>) {
    const set = { until: untilOf(this.#database), ...columns };
    const update = trx.updateTable("restore").set(set).where("id", "=", this.id);
    const held = update.where("holder", "=", this.#holder).where("ended_at", "is", null);
    const { numUpdatedRows } = await held.executeTakeFirst();
    if (numUpdatedRows === 0n) throw new RestoreLost();
  }
}

export interface EndedRestore {
  readonly state: "done" | "failed" | "cancelled";
  readonly progress: RestoreProgress;
  readonly problem: RestoreProblem | null;
  readonly endedAt: number;
}

function untilOf({ dialect }: Database) {
  return sql<number>`${dialect.now} + cast(${LEASE_MS} as bigint)`;
}

function openChanges(db: Pick<Trx, "selectFrom">, ownerId: number) {
  const changes = db.selectFrom("restore").where("owner_id", "=", ownerId);
  return changes.where("mode", "=", "bulk").where("ended_at", "is", null);
}

async function hasManyChanges(trx: Trx, ownerId: number): Promise<boolean> {
  const open = await openChanges(trx, ownerId).select("id").limit(MOST_CHANGES).execute();
  return open.length === MOST_CHANGES;
}

function inProgress(mode: RestoreRecord["mode"]): Problem {
  const { importing, restoring, manyChanges } = text.inProgress;
  const message = mode === "csv" ? importing : mode === "bulk" ? manyChanges : restoring;
  return new Problem("busy", message, { retryAfterSeconds: 5 });
}
