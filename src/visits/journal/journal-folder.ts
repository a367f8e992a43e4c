import { closeSync, existsSync, openSync, readdirSync, rmSync } from "node:fs";
import { open } from "node:fs/promises";
import { basename, join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { claimFile } from "../../os/machine-lock.ts";
import type { Portion } from "../portion.ts";
import { LOCK_ENDING, RECORDS_ENDING, TOTALS_ENDING } from "./journal.ts";
import { nothingSaved, type SavedState } from "./journal-rows.ts";
import { readTotals } from "./overflow.ts";
import { isFinished, isSealed, markFinished, openSegment, type Segment } from "./segment.ts";
import { type Cursor, readRecords, skipRecords, type TakeRecord } from "./visit-record.ts";

/**
 * The journals of all processes of a machine: how each visit gets from a file into the database exactly once.
 *
 * A journal is the files of one process: segments of records or of totals, and a lock that the process holds. Any
 * process may save any journal. A file moves through these states:
 *
 *     State     Recognized by                                   Moved to the next state by
 *     writing   not sealed, and its process holds the lock      its process, which seals it; or the end of its process
 *     complete  sealed, or another process has the lock         `read`, a transaction, `noteSaved`
 *     saved     `saved` of its row in visit_journal = its size  `markFinished`
 *     finished  the mark in its head                            a transaction that deletes its row
 *     released  the mark, and no row                            `removeFinished`
 *     gone      no file
 *
 * Records are saved while a file is still being written, totals only when it is complete. Many are saved in slices, by
 * the ids of their links: until the last slice, `saving` of the row is the number of records that were read, and
 * `links_below` says of which links they are saved. The transaction that inserts visits also moves the row from what was
 * read to the new state (compare and set), and then looks at the mark once more. A process that saves the same records
 * concurrently fails at one of the two, and its transaction is rolled back: `resetProgress` makes it start from the rows
 * again.
 *
 * A crash leaves
 * - a file and its row as they were, if it was before the commit: its records are saved again
 * - a file of which some slices were saved: the same records are read again, and those of the other links are saved
 * - a saved file without a mark: the next process finds no new record in it, and marks it
 * - a finished file with a row: the next process skips it, and deletes its row
 * - a finished file without a row: the mark says that it is saved, so it is only removed. Hence the order: the mark is
 *   on disk before the row is deleted, and the row is deleted before the file, or it would stay for ever.
 * - journals of a process that has ended: their lock is free, and the process that claims it treats their files as
 *   complete. When all are gone, it removes the lock and the segments that were never put into use.
 */

/** Files that may wait for others to be saved with them. */
const WAITING_FILES = 8;

/** Files of a process that keeps up: one in use, the next one, and those that wait or are being saved. */
const FILES_AT_WORK = 2 + 2 * WAITING_FILES;

/** Records that are read at once, in less than a millisecond: then requests are answered. */
const RECORDS_AT_ONCE = 500;

/** A file of a journal, and how far it has been saved. */
interface JournalFile {
  readonly name: string;
  readonly segment: Segment;
  saved: Cursor;
  /** Whose records after `saved` are saved in part. */
  partly: SavedState | null;
}

/** How far a file has been read to be saved: its state before, and the records up to `read`. */
export interface Progress {
  readonly name: string;
  readonly before: SavedState;
  readonly read: Cursor;
}

export class JournalFolder {
  readonly #folder: string;
  readonly #files = new Map<string, JournalFile>();
  /** Claimed locks of processes that have ended: no other process removes their files meanwhile. */
  readonly #claimedLocks = new Map<string, number>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * Reads new records into `portion` until it is full.
   * @param savedOf returns what the database has of a file
   */
  async read(
    portion: Portion,
    savedOf: (name: string) => Promise<SavedState>,
  ): Promise<Progress[]> {
    this.#claimLocks();
    const progress: Progress[] = [];
    const names = this.#list();
    this.#dropRemoved(names);
    for (const name of names) {
      if (portion.isFull) break;
      const file = await this.#open(name, savedOf);
      if (file === null || isFinished(file.segment)) continue;
      const before = file.partly ?? { ...nothingSaved, saved: file.saved.count };
      const read = await this.#readInto(portion, file);
      if (read.count > file.saved.count) progress.push({ name, before, read });
    }
    return progress;
  }

  /** Notes that what was read has been committed. */
  noteSaved(progress: readonly Progress[]): void {
    for (const { name, read } of progress) {
      const file = this.#files.get(name);
      if (file !== undefined) Object.assign(file, { saved: read, partly: null });
    }
  }

  /** Another process saved in the meantime: the next `read` starts from the rows of the database. */
  resetProgress(): void {
    this.#files.clear();
  }

  /**
   * Marks the files that are complete and saved, so that a process that has read them earlier does not save them again.
   * @returns their names: to be removed when their rows are deleted
   */
  async markFinished(): Promise<string[]> {
    const done = [...this.#files.values()].filter(
      (file) => isFinished(file.segment) || (this.#isComplete(file) && isSaved(file)),
    );
    for (const { segment } of done) markFinished(segment);
    await syncFiles(done);
    return done.map(({ name }) => name);
  }

  /** Whether another process has saved a file since it was read. */
  isFinished(name: string): boolean {
    const file = this.#files.get(name);
    return file === undefined || isFinished(file.segment);
  }

  /** Removes finished files whose rows are deleted. */
  removeFinished(names: readonly string[]): void {
    for (const name of names) {
      rmSync(join(this.#folder, name), { force: true });
      this.#files.delete(name);
    }
    this.#removeEndedProcesses();
  }

  /** Writes unsaved records to the disk, for the case of a power cut. Never rejects. */
  async sync(): Promise<void> {
    await syncFiles([...this.#files.values()]);
  }

  /** Number of files. */
  get depth(): number {
    return this.#list().length;
  }

  /** Number of files beyond those of processes that keep up. */
  get backlog(): number {
    return this.#filesBeyond(FILES_AT_WORK);
  }

  /** Whether there are as many files as may wait. */
  get isLong(): boolean {
    return this.#filesBeyond(WAITING_FILES) > 0;
  }

  close(): void {
    for (const lock of this.#claimedLocks.values()) closeSync(lock);
    this.#claimedLocks.clear();
    this.#files.clear();
  }

  #filesBeyond(most: number): number {
    const names = this.#list();
    return Math.max(0, names.length - most * new Set(names.map(processOf)).size);
  }

  #list(): string[] {
    return listFolder(this.#folder)
      .filter((name) => name.endsWith(RECORDS_ENDING) || isTotals(name))
      .sort();
  }

  async #open(
    name: string,
    savedOf: (name: string) => Promise<SavedState>,
  ): Promise<JournalFile | null> {
    const known = this.#files.get(name);
    if (known !== undefined) return known;
    const segment = openSegment(join(this.#folder, name));
    if (segment === null) return null;
    const state = await savedOf(name);
    const count = state.saved;
    const saved = isTotals(name) ? { unit: 0, count } : skipRecords(segment, count);
    const file = { name, segment, saved, partly: state.saving > count ? state : null };
    this.#files.set(name, file);
    return file;
  }

  /** What is saved in part is read as far as it was then, without what is saved. */
  async #readInto(portion: Portion, file: JournalFile): Promise<Cursor> {
    const { name, segment, saved, partly } = file;
    const from = partly?.links_below ?? 0;
    if (!isTotals(name)) {
      const take: TakeRecord = (linkId, at, code, texts, details) => {
        if (linkId >= from) portion.addVisit(linkId, at, code, texts, details);
      };
      const left = (count: number) => (partly === null ? portion.remaining : partly.saving - count);
      return await readInPieces(segment, saved, left, { waits: this.#isRunning(name), take });
    }
    if (saved.count > 0 || !this.#isComplete(file)) return saved;
    readTotals(segment, (linkId, last, code, visits) => {
      if (linkId >= from) portion.addTotal(linkId, last, code, visits);
    });
    return { unit: 0, count: 1 };
  }

  /** Whether nothing more is written: it is sealed, or its process has ended. */
  #isComplete({ name, segment }: JournalFile): boolean {
    return isSealed(segment) || !this.#isRunning(name);
  }

  #isRunning(name: string): boolean {
    return !this.#claimedLocks.has(processOf(name));
  }

  #claimLocks(): void {
    for (const name of listFolder(this.#folder)) {
      const process = basename(name, LOCK_ENDING);
      if (!name.endsWith(LOCK_ENDING) || this.#claimedLocks.has(process)) continue;
      const lock = openIfThere(join(this.#folder, name));
      if (lock === null) continue;
      if (claimFile(lock)) this.#claimedLocks.set(process, lock);
      else closeSync(lock);
    }
  }

  /** Drops files that other processes have removed. */
  #dropRemoved(names: readonly string[]): void {
    const present = new Set(names);
    for (const name of this.#files.keys()) if (!present.has(name)) this.#files.delete(name);
  }

  /** Removes locks and unused segments of ended processes whose journals are fully saved. */
  #removeEndedProcesses(): void {
    if (this.#claimedLocks.size === 0) return;
    const unsaved = new Set(this.#list().map(processOf));
    for (const [process, lock] of this.#claimedLocks) {
      if (unsaved.has(process)) continue;
      const names = listFolder(this.#folder).filter((name) => processOf(name) === process);
      for (const name of names) rmSync(join(this.#folder, name), { force: true });
      closeSync(lock);
      this.#claimedLocks.delete(process);
    }
  }
}

/** @param left how many more may be read after so many */
async function readInPieces(
  segment: Segment,
  from: Cursor,
  left: (count: number) => number,
  { waits, take }: { readonly waits: boolean; readonly take: TakeRecord },
): Promise<Cursor> {
  let read = from;
  for (;;) {
    const limit = Math.min(RECORDS_AT_ONCE, left(read.count));
    const next = readRecords(segment, read, { limit, waits }, take);
    const isEnd = next.count - read.count < RECORDS_AT_ONCE;
    read = next;
    if (isEnd) return read;
    await setImmediate();
  }
}

function isTotals(name: string): boolean {
  return name.endsWith(TOTALS_ENDING);
}

function processOf(name: string): string {
  return name.slice(0, name.indexOf("."));
}

function isSaved({ name, segment, saved }: JournalFile): boolean {
  if (isTotals(name)) return saved.count > 0;
  const next = readRecords(segment, saved, { limit: 1, waits: false }, () => {});
  return next.count === saved.count;
}

async function syncFiles(files: readonly JournalFile[]): Promise<void> {
  for (const { segment } of files) {
    try {
      await using file = await open(segment.path, "r+");
      await file.sync();
    } catch {
      // Another process has removed it, or the disk is broken. Without a power cut, the kernel keeps it.
    }
  }
}

function listFolder(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}

function openIfThere(path: string): number | null {
  try {
    return openSync(path, "r");
  } catch {
    return null;
  }
}
