import type { Clock, Random } from "../clock.ts";
import type { Database, Trx } from "../database/database.ts";
import { isMoving } from "../database/database-errors.ts";
import type { Logger } from "../telemetry/log.ts";
import type { Countries } from "./country/countries.ts";
import { Journal } from "./journal/journal.ts";
import { JournalFolder, type Progress } from "./journal/journal-folder.ts";
import { type Move, moveRow, nothingSaved, readState } from "./journal/journal-rows.ts";
import { ALL_LINKS, Portion, type Slice } from "./portion.ts";
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

/** Visits of one time that more are waited for, and how long, in milliseconds. */
const MANY = 1000;
const TOGETHER_MS = 3500;

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
  readonly #portion = new Portion();
  readonly #tally = new Tally();
  /** When visits were last saved, by the steady clock, and how many. */
  #savedLast = { at: 0, visits: 0 };
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

  /** The same where many visits are recorded, but every few seconds only: what is saved together costs less. */
  async flushWhenDue(): Promise<void> {
    const { at, visits } = this.#savedLast;
    const isSoon = visits >= MANY && this.#steadyClock() - at < TOGETHER_MS;
    if (!isSoon || this.#journals.isLong) await this.flush();
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
    this.#savedLast = { at: this.#steadyClock(), visits: 0 };
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
    const portion = this.#portion;
    portion.clear();
    const progress = await this.#journals.read(portion, (name) => readState(this.#database, name));
    if (progress.length > 0) await this.#savePortion(progress);
    this.#journals.noteSaved(progress);
    await this.#removeSaved();
    return portion.isFull || progress.some(({ before }) => before.saving > 0);
  }

  async #savePortion(progress: readonly Progress[]): Promise<void> {
    let files = progress;
    for (const slice of this.#portion.slices()) {
      const tally = this.#tally;
      tally.clear(this.#zone(), slice.rows.length);
      this.#portion.fill(tally, slice);
      const moves = movesOf(files, slice);
      const tookMs = await this.#save(tally, moves);
      files = files.map((file, at) => ({ ...file, before: moves[at]?.after ?? file.before }));
      if (slice.linksBelow !== ALL_LINKS) this.#portion.adapt(tookMs);
      this.#savedLast.visits += slice.rows.length;
    }
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

  /** Returns how long others waited, in milliseconds. */
  async #save(tally: Tally, moves: readonly Move[]): Promise<number> {
    let beganAt = 0;
    const remember = await this.#database.write(async (trx) => {
      beganAt = this.#steadyClock();
      await this.#moveJournals(trx, moves);
      return await this.#saver.save(trx, tally);
    });
    remember();
    return this.#steadyClock() - beganAt;
  }

  /**
   * Updates how far journals are saved, in the transaction that saves them.
   * @throws SavedConcurrently where another process saved the same records
   */
  async #moveJournals(trx: Trx, moves: readonly Move[]): Promise<void> {
    for (const move of moves) {
      const isMoved = await moveRow(trx, move);
      if (!isMoved || this.#journals.isFinished(move.name)) throw new SavedConcurrently();
    }
  }

  #logDropped(): void {
    const { detailsDropped, lost } = this.#journal;
    if (detailsDropped + lost === this.#loggedDropped) return;
    this.#loggedDropped = detailsDropped + lost;
    this.#log.error({ detailsDropped, lost }, "Visit journal is full, keeping only totals");
  }
}

/** The states of the files before and after a slice is saved. */
function movesOf(progress: readonly Progress[], { linksBelow }: Slice): Move[] {
  return progress.map(({ name, before, read: { count } }) => {
    const isLast = linksBelow === ALL_LINKS;
    const links_below = Math.max(before.links_below, linksBelow);
    const after = isLast
      ? { ...nothingSaved, saved: count }
      : { saved: before.saved, saving: count, links_below };
    return { name, before, after };
  });
}
