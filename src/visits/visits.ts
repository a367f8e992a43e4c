import type { Clock, Random } from "../clock.ts";
import type { Database, Trx } from "../database/database.ts";
import { isMoving } from "../database/database-errors.ts";
import type { Logger } from "../telemetry/log.ts";
import type { Countries } from "./country/countries.ts";
import { Journal } from "./journal/journal.ts";
import { JournalFolder, type Progress } from "./journal/journal-folder.ts";
import { dayOf, firstVisitId, quarterOf } from "./quarter.ts";
import type { LinkVisits } from "./reports/link-visits.ts";
import type { Reports } from "./reports/reports.ts";
import type { SingleVisits } from "./reports/single-visits.ts";
import { VisitSaver } from "./saving/save-visits.ts";
import { Tally } from "./tally.ts";
import type { Visit } from "./visit.ts";
import type { DayKeys } from "./visitors/day-keys.ts";
import { Identification } from "./visitors/identification.ts";
import { dropSketches } from "./visitors/save-visitors.ts";

/** How long visits of a day that is over may still be saved. */
const LATE_MS = 3_600_000;

/** Rolls back a transaction that would count visits twice. */
class SavedConcurrently extends Error {}

export interface VisitsParts {
  readonly database: Database;
  readonly clock: Clock;
  /** Milliseconds that passed, whatever is done to the clock. */
  readonly steadyClock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** Folder of the journals of all processes of this machine. */
  readonly folder: string;
  /** Maximum size of a process's journal. */
  readonly maxJournalBytes: () => number;
  /** IANA name of the time zone of the site's days. */
  readonly zone: () => string;
  readonly keys: DayKeys;
  readonly countries: Countries;
  readonly reports: Reports;
  readonly ofLinks: LinkVisits;
  readonly singles: SingleVisits;
}

/** Counts visits: records them in a journal, and saves them in batches, single and as totals. */
export class Visits {
  readonly reports: Reports;
  /** Totals of single links, for archives. */
  readonly ofLinks: LinkVisits;
  readonly singles: SingleVisits;
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #steadyClock: Clock;
  readonly #log: Logger;
  readonly #journal: Journal;
  readonly #journals: JournalFolder;
  readonly #zone: () => string;
  readonly #keys: DayKeys;
  readonly #identification: Identification;
  /** The day before which keys are destroyed. */
  #keysSince = 0;
  readonly #saver: VisitSaver;
  readonly #tally = new Tally();
  #flushing: Promise<void> = Promise.resolve();
  #loggedDropped = 0;

  constructor(parts: VisitsParts) {
    const { database, clock, random, log, folder, maxJournalBytes } = parts;
    this.reports = parts.reports;
    this.ofLinks = parts.ofLinks;
    this.singles = parts.singles;
    this.#database = database;
    this.#clock = clock;
    this.#steadyClock = parts.steadyClock;
    this.#log = log;
    this.#zone = parts.zone;
    this.#saver = new VisitSaver({ database, clock });
    this.#keys = parts.keys;
    this.#identification = new Identification(parts);
    const identify = this.#identification.take;
    this.#journal = new Journal({ folder, random, maxBytes: maxJournalBytes, identify });
    this.#journals = new JournalFolder(folder);
  }

  /**
   * Records a visit, so that it outlives the process; never waits and never throws.
   * @returns the visitor's class, as its index in `visitorClasses`
   */
  record(visit: Visit): number {
    return this.#journal.record(visit);
  }

  /**
   * Saves what all processes of this machine, including crashed ones, have recorded. What cannot be saved is kept for the
   * next time. Never rejects.
   */
  flush(): Promise<void> {
    this.#flushing = this.#flushing.then(() => this.#flushNow());
    return this.#flushing;
  }

  /** Saves recorded visits and closes the journals. */
  async close(): Promise<void> {
    const hasRecorded = this.#journal.isOpen;
    await this.#identification.finish();
    this.#journal.close();
    if (hasRecorded) await this.flush();
    this.#journals.close();
  }

  /** Number of journal files on this machine: one or two per process that keeps up. */
  get journalDepth(): number {
    return this.#journals.depth;
  }

  /** Whether visits are recorded faster than they are saved. */
  get isBehind(): boolean {
    return this.#journals.backlog > 0;
  }

  /** Number of visits of this process kept only as totals, because the database was unavailable for too long. */
  get detailsDropped(): number {
    return this.#journal.detailsDropped;
  }

  /** Number of lost visits of this process: the database was unavailable and the disk full. */
  get lost(): number {
    return this.#journal.lost;
  }

  /** Deletes at most `limit` single visits older than `retentionDays`; totals are kept. Returns how many. */
  async prune(retentionDays: number, limit: number): Promise<number> {
    const first = quarterOf(this.#clock() - retentionDays * 86_400_000);
    return await this.#database.write(async (trx) => {
      const oldest = trx
        .selectFrom("visit")
        .select("id")
        .where("id", "<", firstVisitId(first))
        .orderBy("id")
        .limit(limit);
      const { numDeletedRows } = await trx
        .deleteFrom("visit")
        .where("id", "in", oldest)
        .executeTakeFirst();
      await trx.deleteFrom("visit_series").where("quarter", "<", first).execute();
      return Number(numDeletedRows);
    });
  }

  /** Deletes at most `limit` sketches of visitors of days that are over; the numbers stay. Returns how many. */
  async dropSketches(limit: number): Promise<number> {
    const day = dayOf(this.#clock() - LATE_MS, this.#zone());
    return await dropSketches(this.#database, day, limit);
  }

  async #flushNow(): Promise<void> {
    this.#logDropped();
    await this.#identification.finish();
    await this.#endDays();
    try {
      while (await this.#flushSome());
    } catch (error) {
      const isConcurrent = error instanceof SavedConcurrently;
      if (!isConcurrent) await this.#journals.sync();
      this.#journals.resetProgress();
      if (isConcurrent) return await this.#flushNow();
      if (!isMoving(error))
        this.#log.warn({ err: error }, "Visits could not be saved, keeping them");
    }
  }

  /** Destroys the keys of days that are over. */
  async #endDays(): Promise<void> {
    const today = dayOf(this.#clock(), this.#zone());
    if (today === this.#keysSince) return;
    try {
      await this.#keys.endBefore(today);
      this.#keysSince = today;
    } catch (error) {
      if (!isMoving(error))
        this.#log.warn(
          { err: error },
          "Visitor keys of past days could not be deleted, will be retried",
        );
    }
  }

  /** Returns whether there may be more. */
  async #flushSome(): Promise<boolean> {
    const tally = this.#tally;
    tally.clear(this.#zone());
    const progress = await this.#journals.read(tally, (name) => this.#savedOf(name));
    const { isFull } = tally;
    const tookMs = progress.length > 0 ? await this.#save(tally, progress) : 0;
    if (isFull) tally.adapt(tookMs);
    this.#journals.noteSaved(progress);
    await this.#removeSaved();
    return isFull;
  }

  /** Marks saved files, deletes their rows, then the files: see journal-folder.ts for the order. */
  async #removeSaved(): Promise<void> {
    const names = await this.#journals.markFinished();
    if (names.length > 0)
      await this.#database.write((trx) =>
        trx.deleteFrom("visit_journal").where("name", "in", names).execute(),
      );
    this.#journals.removeFinished(names);
  }

  async #savedOf(name: string): Promise<number> {
    const row = await this.#database.lookup
      .selectFrom("visit_journal")
      .select("saved")
      .where("name", "=", name)
      .executeTakeFirst();
    return row?.saved ?? 0;
  }

  /** Returns how long others waited, in milliseconds. */
  async #save(tally: Tally, progress: readonly Progress[]): Promise<number> {
    let beganAt = 0;
    const remember = await this.#database.write(async (trx) => {
      beganAt = this.#steadyClock();
      await this.#advanceJournals(trx, progress);
      return await this.#saver.save(trx, tally);
    });
    remember();
    return this.#steadyClock() - beganAt;
  }

  /**
   * Updates how far journals are saved, in the transaction that saves them.
   * @throws SavedConcurrently where another process saved the same records
   */
  async #advanceJournals(trx: Trx, progress: readonly Progress[]): Promise<void> {
    for (const { name, before, read } of progress) {
      const saved = read.count;
      const isNoted =
        before === 0
          ? await addJournal(trx, name, saved)
          : await moveJournal(trx, name, before, saved);
      if (!isNoted || this.#journals.isFinished(name)) throw new SavedConcurrently();
    }
  }

  #logDropped(): void {
    const { detailsDropped, lost } = this.#journal;
    if (detailsDropped + lost === this.#loggedDropped) return;
    this.#loggedDropped = detailsDropped + lost;
    this.#log.error({ detailsDropped, lost }, "Visit journal is full, keeping only totals");
  }
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
