import { type RawBuilder, sql } from "kysely";
import { LRUCache } from "lru-cache";
import type { Clock } from "../chance.ts";
import type { Database, Trx } from "../database/open.ts";
import type { Logger } from "../ops/log.ts";
import { type Batch, Journal } from "./journal.ts";
import type { Visit, Visitor } from "./visit.ts";

const HOUR_MS = 3_600_000;

/** Kinds of visitors whose row is remembered. */
const REMEMBERED_VISITORS = 20_000;

export interface VisitsParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Counts openings: recorded in memory, saved in batches, raw and as hourly totals together. */
export class Visits {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #journal = new Journal();
  readonly #visitorIds = new LRUCache<string, number>({ max: REMEMBERED_VISITORS });
  #flushing: Promise<void> = Promise.resolve();

  constructor({ database, clock, log }: VisitsParts) {
    this.#database = database;
    this.#clock = clock;
    this.#log = log;
  }

  /** Notes one opening. Never waits and never fails. */
  record(visit: Visit): void {
    this.#journal.record(visit);
  }

  /** Saves what was recorded until now; what cannot be saved is kept for the next time. Never rejects. */
  flush(): Promise<void> {
    this.#flushing = this.#flushing.then(() => this.#flushNow());
    return this.#flushing;
  }

  /** Removes single visits older than `retentionDays`, at most `limit`; totals stay. Tells how many it was. */
  async prune(retentionDays: number, limit: number): Promise<number> {
    const before = this.#clock() - retentionDays * 86_400_000;
    return await this.#database.write(async (trx) => {
      const oldest = trx
        .selectFrom("visit")
        .select(["id", "at"])
        .orderBy("id")
        .limit(limit)
        .as("oldest");
      const ids = trx.selectFrom(oldest).select("id").where("at", "<", before);
      const { numDeletedRows } = await trx
        .deleteFrom("visit")
        .where("id", "in", ids)
        .executeTakeFirst();
      return Number(numDeletedRows);
    });
  }

  async #flushNow(): Promise<void> {
    const batches = this.#journal.takeAll();
    this.#tellDropped();
    for (const [at, batch] of batches.entries()) {
      try {
        await this.#save(batch);
      } catch (error) {
        this.#journal.putBack(batches.slice(at));
        this.#log.warn({ err: error }, "Visits could not be saved yet; they are kept.");
        return;
      }
    }
  }

  async #save({ linkIds, times, places, visitors }: Batch): Promise<void> {
    const ids = await this.#database.write(async (trx) => {
      const visitorIds = await this.#findVisitors(trx, visitors);
      const given = await this.#database.rowsOf(trx, {
        link_id: linkIds.slice(),
        at: times.slice(),
        visitor_id: places.map((place) => visitorIds[place] ?? 0),
      });
      await insertVisits(trx, given);
      await addToHours(trx, given);
      await addToOwners(trx, given);
      await addToTotals(trx, given);
      return visitorIds;
    });
    for (const [at, visitor] of visitors.entries()) this.#remember(visitor, ids[at]);
  }

  async #findVisitors(trx: Trx, visitors: readonly Visitor[]): Promise<number[]> {
    const ids: number[] = [];
    for (const visitor of visitors) {
      ids.push(this.#visitorIds.get(keyOf(visitor)) ?? (await findOrAddVisitor(trx, visitor)));
    }
    return ids;
  }

  /** Only after the commit: a rolled back row's number means nothing. */
  #remember(visitor: Visitor, id: number | undefined): void {
    if (id !== undefined) this.#visitorIds.set(keyOf(visitor), id);
  }

  #tellDropped(): void {
    const dropped = this.#journal.takeDropped();
    if (dropped > 0)
      this.#log.error({ dropped }, "Visits were dropped: the database took none for too long.");
  }
}

function keyOf({ class: visitorClass, referrerHost, browser, system }: Visitor): string {
  return `${visitorClass} ${referrerHost} ${browser} ${system}`;
}

async function findOrAddVisitor(trx: Trx, visitor: Visitor): Promise<number> {
  const row = {
    class: visitor.class,
    referrer_host: visitor.referrerHost,
    browser: visitor.browser,
    system: visitor.system,
  };
  await trx
    .insertInto("visitor")
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const { id } = await trx
    .selectFrom("visitor")
    .select("id")
    .where((where) => where.and(row))
    .executeTakeFirstOrThrow();
  return id;
}

async function insertVisits(trx: Trx, given: RawBuilder<unknown>): Promise<void> {
  await sql`insert into visit (link_id, at, visitor_id)
    select link_id, at, visitor_id from ${given}`.execute(trx);
}

/** Links that were deleted meanwhile are passed over, here and in the totals. */
async function addToHours(trx: Trx, given: RawBuilder<unknown>): Promise<void> {
  await sql`insert into visit_hour (link_id, hour, visitor_id, visits)
    select link_id, hour, visitor_id, visits from (
      select link_id, at / ${sql.lit(HOUR_MS)} as hour, visitor_id, count(*) as visits
      from ${given} group by 1, 2, 3) as counted
    where exists (select 1 from link where link.id = counted.link_id)
    on conflict (link_id, hour, visitor_id)
      do update set visits = visit_hour.visits + excluded.visits`.execute(trx);
}

/** Each owner's visits by hour, and under owner 0 everybody's; in one order everywhere, so that no two savers deadlock. */
async function addToOwners(trx: Trx, given: RawBuilder<unknown>): Promise<void> {
  await sql`insert into owner_hour (owner_id, hour, class, visits)
    with counted as (
      select owner_id, at / ${sql.lit(HOUR_MS)} as hour, class, count(*) as visits
      from ${given} join link on link.id = link_id join visitor on visitor.id = visitor_id
      group by 1, 2, 3)
    select owner_id, hour, class, visits from (
      select owner_id, hour, class, visits from counted
      union all select 0, hour, class, sum(visits) from counted group by 2, 3) as everybodys
    where true order by 1, 2, 3
    on conflict (owner_id, hour, class)
      do update set visits = owner_hour.visits + excluded.visits`.execute(trx);
}

async function addToTotals(trx: Trx, given: RawBuilder<unknown>): Promise<void> {
  await sql`insert into link_total (link_id, visits, last_visit_at)
    select link_id, visits, last_visit_at from (
      select link_id, count(*) as visits, max(at) as last_visit_at
      from ${given} group by link_id) as counted
    where exists (select 1 from link where link.id = counted.link_id)
    on conflict (link_id) do update set visits = link_total.visits + excluded.visits,
      last_visit_at = case when excluded.last_visit_at > link_total.last_visit_at
        then excluded.last_visit_at else link_total.last_visit_at end`.execute(trx);
}
