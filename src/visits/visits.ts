import { LRUCache } from "lru-cache";
import type { Clock, Random } from "../chance.ts";
import type { Database, Trx } from "../database/open.ts";
import type { Logger } from "../ops/log.ts";
import { Journal } from "./journal.ts";
import { Journals, type Progress } from "./journals.ts";
import { addToHours, addToOwners, addToTotals, findOrAddVisitor } from "./sums.ts";
import { Tally } from "./tally.ts";
import type { Visit, Visitor } from "./visit.ts";

/** Kinds of visitors whose row is remembered. */
const REMEMBERED_VISITORS = 20_000;

export interface VisitsParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** Where the journals of this machine's processes are. */
  readonly folder: string;
  /** How many bytes one process's journal may hold. */
  readonly maxJournalBytes: () => number;
}

/** Counts openings: written to a journal at once, saved from there in batches, raw and as hourly totals together. */
export class Visits {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #journal: Journal;
  readonly #journals: Journals;
  readonly #visitorIds = new LRUCache<string, number>({ max: REMEMBERED_VISITORS });
  /** Files that are gone, whose rows may go. */
  #gone: string[] = [];
  #flushing: Promise<void> = Promise.resolve();
  #toldDropped = 0;

  constructor({ database, clock, random, log, folder, maxJournalBytes }: VisitsParts) {
    this.#database = database;
    this.#clock = clock;
    this.#log = log;
    this.#journal = new Journal({ folder, random, maxBytes: maxJournalBytes });
    this.#journals = new Journals(folder);
  }

  /**
   * Notes one opening, so that it outlives this process. Never waits and never fails.
   * @returns the visitor's class, by its place in `visitorClasses`
   */
  record(visit: Visit): number {
    return this.#journal.record(visit);
  }

  /**
   * Saves what any process of this machine, also a dead one, has recorded until now; what cannot be saved is kept
   * for the next time. Never rejects.
   */
  flush(): Promise<void> {
    this.#flushing = this.#flushing.then(() => this.#flushNow());
    return this.#flushing;
  }

  /** Saves what was recorded and lets go of the journals. */
  async close(): Promise<void> {
    const hasRecorded = this.#journal.isOpen;
    this.#journal.close();
    if (hasRecorded) await this.flush();
    this.#journals.close();
  }

  /** Files of visits on this machine: one or two a process while all is well. */
  get journalDepth(): number {
    return this.#journals.depth;
  }

  /** Whether visits come faster than they are saved. */
  get isBehind(): boolean {
    return this.#journals.backlog > 0;
  }

  /** Visits of this process that are kept as totals only, for the database took nothing for too long. */
  get detailsDropped(): number {
    return this.#journal.detailsDropped;
  }

  /** Visits of this process that are in no count: neither the database nor the disk took them. */
  get lost(): number {
    return this.#journal.lost;
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
    this.#tellDropped();
    try {
      while (await this.#flushSome());
    } catch (error) {
      this.#journals.forget();
      this.#journals.sync();
      this.#log.warn({ err: error }, "Visits could not be saved yet; they are kept.");
    }
  }

  /** @returns whether there may be more */
  async #flushSome(): Promise<boolean> {
    const tally = new Tally();
    const progress = await this.#journals.read(tally, (name) => this.#savedOf(name));
    if (progress.length > 0) await this.#save(tally, progress);
    this.#journals.advance(progress);
    this.#gone.push(...this.#journals.tidy());
    return tally.isFull;
  }

  async #savedOf(name: string): Promise<number> {
    const row = await this.#database.lookup
      .selectFrom("visit_journal")
      .select("saved")
      .where("name", "=", name)
      .executeTakeFirst();
    return row?.saved ?? 0;
  }

  async #save(tally: Tally, progress: readonly Progress[]): Promise<void> {
    const { visitors } = tally;
    const gone = this.#gone;
    const ids = await this.#database.write(async (trx) => {
      await advanceJournals(trx, progress, gone);
      const visitorIds = await this.#findVisitors(trx, visitors);
      await this.#database.append(trx, "visit", tally.single(visitorIds));
      const hours = await this.#database.rowsOf(trx, "given_hours", tally.hours(visitorIds));
      await addToHours(trx, hours);
      await addToOwners(trx, hours);
      await addToTotals(trx, await this.#database.rowsOf(trx, "given_totals", tally.totals()));
      return visitorIds;
    });
    this.#gone = this.#gone.filter((name) => !gone.includes(name));
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
    const { detailsDropped, lost } = this.#journal;
    if (detailsDropped === this.#toldDropped) return;
    this.#toldDropped = detailsDropped;
    this.#log.error(
      { detailsDropped, lost },
      "The database took no visits for too long: the journal is full, and only totals are kept.",
    );
  }
}

function keyOf({ class: visitorClass, referrerHost, browser, system }: Visitor): string {
  return `${visitorClass} ${referrerHost} ${browser} ${system}`;
}

/**
 * Notes how far journals are saved, in the transaction that saves them.
 * @throws Error where somebody else saved the same meanwhile
 */
async function advanceJournals(
  trx: Trx,
  progress: readonly Progress[],
  gone: readonly string[],
): Promise<void> {
  for (const { name, before, read } of progress) {
    const saved = read.count;
    const query =
      before === 0
        ? trx
            .insertInto("visit_journal")
            .values({ name, saved })
            .onConflict((on) => on.doNothing())
        : trx
            .updateTable("visit_journal")
            .set({ saved })
            .where("name", "=", name)
            .where("saved", "=", before);
    const { rows, numAffectedRows } = await trx.executeQuery(query.compile());
    if (rows.length === 0 && numAffectedRows !== 1n)
      throw new Error(`Another process has saved of ${name}.`);
  }
  if (gone.length > 0)
    await trx
      .deleteFrom("visit_journal")
      .where("name", "in", [...gone])
      .execute();
}
