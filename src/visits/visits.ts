import { LRUCache } from "lru-cache";
import type { Clock, Random } from "../clock.ts";
import type { Database, Trx } from "../database/database.ts";
import { Problem } from "../problem.ts";
import type { Logger } from "../telemetry/log.ts";
import { addToHours, addToOwners, addToTotals, findOrAddVisitor } from "./hourly-sums.ts";
import { Journal } from "./journal/journal.ts";
import { Journals, type Progress } from "./journal/journal-folder.ts";
import { Tally } from "./tally.ts";
import type { Visit, Visitor } from "./visit.ts";

/** Kinds of visitors whose row is remembered. */
const REMEMBERED_VISITORS = 20_000;

/** Rolls a saving back that would count visits twice. */
const SAVED_ELSEWHERE = new Problem("busy", "Another process has saved these visits meanwhile.");

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
  readonly #tally = new Tally();
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
      if (error !== SAVED_ELSEWHERE) await this.#journals.sync();
      this.#journals.forget();
      if (error === SAVED_ELSEWHERE) return await this.#flushNow();
      this.#log.warn({ err: error }, "Visits could not be saved yet; they are kept.");
    }
  }

  /** @returns whether there may be more */
  async #flushSome(): Promise<boolean> {
    const tally = this.#tally;
    tally.clear();
    const progress = await this.#journals.read(tally, (name) => this.#savedOf(name));
    if (progress.length > 0) await this.#save(tally, progress);
    this.#journals.advance(progress);
    await this.#clearUp();
    return tally.isFull;
  }

  /** Files that are saved go after their rows: without a row, a file that is not marked counts as new. */
  async #clearUp(): Promise<void> {
    const names = await this.#journals.finish();
    if (names.length > 0)
      await this.#database.write((trx) =>
        trx.deleteFrom("visit_journal").where("name", "in", names).execute(),
      );
    this.#journals.remove(names);
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
    const ids = await this.#database.write(async (trx) => {
      await this.#advanceJournals(trx, progress);
      const visitorIds = await this.#findVisitors(trx, visitors);
      await this.#database.append(trx, "visit", tally.single(visitorIds));
      const hours = await this.#database.rowsOf(trx, "given_hours", tally.hours(visitorIds));
      await addToHours(trx, hours);
      await addToOwners(trx, hours);
      await addToTotals(trx, await this.#database.rowsOf(trx, "given_totals", tally.totals()));
      return visitorIds;
    });
    for (const [at, visitor] of visitors.entries()) this.#remember(visitor, ids[at]);
  }

  /**
   * Notes how far journals are saved, in the transaction that saves them.
   * @throws Problem where somebody else saved the same meanwhile
   */
  async #advanceJournals(trx: Trx, progress: readonly Progress[]): Promise<void> {
    for (const { name, before, read } of progress) {
      const saved = read.count;
      const isNoted =
        before === 0
          ? await addJournal(trx, name, saved)
          : await moveJournal(trx, name, before, saved);
      if (!isNoted || this.#journals.isFinished(name)) throw SAVED_ELSEWHERE;
    }
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
    if (detailsDropped + lost === this.#toldDropped) return;
    this.#toldDropped = detailsDropped + lost;
    this.#log.error(
      { detailsDropped, lost },
      "The database took no visits for too long: the journal is full, and only totals are kept.",
    );
  }
}

function keyOf({ class: visitorClass, referrerHost, browser, system }: Visitor): string {
  return `${visitorClass} ${referrerHost} ${browser} ${system}`;
}

async function addJournal(trx: Trx, name: string, saved: number): Promise<boolean> {
  const query = trx
    .insertInto("visit_journal")
    .values({ name, saved })
    .onConflict((on) => on.doNothing());
  return (await query.executeTakeFirst()).numInsertedOrUpdatedRows === 1n;
}

async function moveJournal(
  trx: Trx,
  name: string,
  before: number,
  saved: number,
): Promise<boolean> {
  const query = trx
    .updateTable("visit_journal")
    .set({ saved })
    .where("name", "=", name)
    .where("saved", "=", before);
  return (await query.executeTakeFirst()).numUpdatedRows === 1n;
}
