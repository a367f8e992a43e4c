import { closeSync, existsSync, openSync, readdirSync, rmSync } from "node:fs";
import { open } from "node:fs/promises";
import { basename, join } from "node:path";
import { claimFile } from "../../os/machine-lock.ts";
import type { Tally } from "../tally.ts";
import { LOCK_ENDING, RECORDS_ENDING, TOTALS_ENDING } from "./journal.ts";
import { readTotals } from "./overflow.ts";
import { finish, isFinished, isSealed, openSegment, type Segment } from "./segment.ts";
import { type Cursor, readRecords, skipRecords } from "./visit-record.ts";

/** One under way, the next, and one that is just being saved. */
const FILES_AT_WORK = 3;

/** A file of a journal as far as it has been saved. */
interface Source {
  readonly name: string;
  readonly segment: Segment;
  saved: Cursor;
}

/** How far one file was read for a saving that is under way: from `before` records to those up to `read`. */
export interface Progress {
  readonly name: string;
  readonly before: number;
  readonly read: Cursor;
}

/** The journals of all processes of this machine, living and dead, as whoever saves them reads them. */
export class Journals {
  readonly #folder: string;
  readonly #sources = new Map<string, Source>();
  /** Locks of the dead, by process: while held, nobody else clears up after them. */
  readonly #inherited = new Map<string, number>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * Reads what is new into `tally`, until that is full.
   * @param savedOf how many records of a file the database has
   */
  async read(tally: Tally, savedOf: (name: string) => Promise<number>): Promise<Progress[]> {
    this.#inherit();
    const progress: Progress[] = [];
    const names = this.#list();
    this.#forgetOthers(names);
    for (const name of names) {
      if (tally.isFull) break;
      const source = await this.#sourceOf(name, savedOf);
      if (source === null || isFinished(source.segment)) continue;
      const read = this.#readInto(tally, source);
      if (read.count > source.saved.count)
        progress.push({ name, before: source.saved.count, read });
    }
    return progress;
  }

  /** What was read is saved. */
  advance(progress: readonly Progress[]): void {
    for (const { name, read } of progress) {
      const source = this.#sources.get(name);
      if (source !== undefined) source.saved = read;
    }
  }

  /** Somebody else saved meanwhile: the next reading asks the database again. */
  forget(): void {
    this.#sources.clear();
  }

  /**
   * Marks the files that are saved and that nobody writes any more, so that whoever has read of them saves nothing.
   * @returns their names: when no row tells of them any more, `remove` them
   */
  async finish(): Promise<string[]> {
    const done = [...this.#sources.values()].filter(
      (source) => isFinished(source.segment) || (this.#isLeft(source) && isSaved(source)),
    );
    for (const { segment } of done) finish(segment);
    await syncFiles(done);
    return done.map(({ name }) => name);
  }

  /** Whether somebody has saved all of a file that was read. */
  isFinished(name: string): boolean {
    const source = this.#sources.get(name);
    return source === undefined || isFinished(source.segment);
  }

  remove(names: readonly string[]): void {
    for (const name of names) {
      rmSync(join(this.#folder, name), { force: true });
      this.#sources.delete(name);
    }
    this.#bury();
  }

  /** Writes what the database has not taken through to the disk, for the case of a power cut. Never rejects. */
  async sync(): Promise<void> {
    await syncFiles([...this.#sources.values()]);
  }

  /** How many files there are: those under way, and those that wait. */
  get depth(): number {
    return this.#list().length;
  }

  /** Files beyond those that each process has while all is well. */
  get backlog(): number {
    const names = this.#list();
    return Math.max(0, names.length - FILES_AT_WORK * new Set(names.map(ownerOf)).size);
  }

  close(): void {
    for (const lock of this.#inherited.values()) closeSync(lock);
    this.#inherited.clear();
    this.#sources.clear();
  }

  #list(): string[] {
    return listFolder(this.#folder)
      .filter((name) => name.endsWith(RECORDS_ENDING) || isTotals(name))
      .sort();
  }

  async #sourceOf(
    name: string,
    savedOf: (name: string) => Promise<number>,
  ): Promise<Source | null> {
    const known = this.#sources.get(name);
    if (known !== undefined) return known;
    const segment = openSegment(join(this.#folder, name));
    if (segment === null) return null;
    const count = await savedOf(name);
    const saved = isTotals(name) ? { unit: 0, count } : skipRecords(segment, count);
    const source = { name, segment, saved };
    this.#sources.set(name, source);
    return source;
  }

  #readInto(tally: Tally, source: Source): Cursor {
    const { name, segment, saved } = source;
    if (!isTotals(name)) return readRecords(segment, saved, tally.room, tally.addVisit);
    if (saved.count > 0 || !this.#isLeft(source)) return saved;
    readTotals(segment, tally.addTotal);
    return { unit: 0, count: 1 };
  }

  /** Its writer is done with it, or dead. */
  #isLeft({ name, segment }: Source): boolean {
    return isSealed(segment) || this.#inherited.has(ownerOf(name));
  }

  #inherit(): void {
    for (const name of listFolder(this.#folder)) {
      const owner = basename(name, LOCK_ENDING);
      if (!name.endsWith(LOCK_ENDING) || this.#inherited.has(owner)) continue;
      const lock = openIfThere(join(this.#folder, name));
      if (lock === null) continue;
      if (claimFile(lock)) this.#inherited.set(owner, lock);
      else closeSync(lock);
    }
  }

  /** Others have removed these. */
  #forgetOthers(names: readonly string[]): void {
    const there = new Set(names);
    for (const name of this.#sources.keys()) if (!there.has(name)) this.#sources.delete(name);
  }

  /** Takes the locks away of those who left nothing, and what they had begun to make. */
  #bury(): void {
    if (this.#inherited.size === 0) return;
    const owners = new Set(this.#list().map(ownerOf));
    for (const [owner, lock] of this.#inherited) {
      if (owners.has(owner)) continue;
      const left = listFolder(this.#folder).filter((name) => ownerOf(name) === owner);
      for (const name of left) rmSync(join(this.#folder, name), { force: true });
      closeSync(lock);
      this.#inherited.delete(owner);
    }
  }
}

function isTotals(name: string): boolean {
  return name.endsWith(TOTALS_ENDING);
}

function ownerOf(name: string): string {
  return name.slice(0, name.indexOf("."));
}

function isSaved({ name, segment, saved }: Source): boolean {
  if (isTotals(name)) return saved.count > 0;
  return readRecords(segment, saved, 1, () => {}).count === saved.count;
}

async function syncFiles(sources: readonly Source[]): Promise<void> {
  for (const { segment } of sources) {
    try {
      await using file = await open(segment.path, "r+");
      await file.sync();
    } catch {
      // Another process has removed it, or the disk is broken: the kernel keeps it as long as there is power.
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
