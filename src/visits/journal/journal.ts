import { closeSync, existsSync, mkdirSync, openSync, renameSync } from "node:fs";
import { join } from "node:path";
import { LRUCache } from "lru-cache";
import type { Random } from "../../clock.ts";
import { claimFile } from "../../os/machine-lock.ts";
import { codeOf, hostOf, type Visit } from "../visit.ts";
import { TotalsWriter } from "./overflow.ts";
import { createSegment, SEGMENT_BYTES, type Segment, seal } from "./segment.ts";
import { RecordWriter } from "./visit-record.ts";

export interface JournalParts {
  /** On a disk of this machine. */
  readonly folder: string;
  readonly random: Random;
  /** How much it may hold while the database takes nothing. */
  readonly maxBytes: () => number;
}

/** How a journal's files are called: the id of its process, and a number that grows. */
export const RECORDS_ENDING = ".visits";
export const TOTALS_ENDING = ".totals";
/** Locked while the process lives. */
export const LOCK_ENDING = ".lock";

/** Referring pages whose host is remembered. */
const REMEMBERED_REFERRERS = 2000;

/** How often it is asked again whether there is room, in milliseconds. */
const ASK_AGAIN_MS = 1000;

/**
 * One process's visits on their way to the database. A visitor's request writes a record into mapped memory, which
 * outlives the process, and waits for nothing. When the journal may not grow, totals take its place.
 */
export class Journal {
  readonly #folder: string;
  readonly #id: string;
  readonly #maxBytes: () => number;
  readonly #hosts = new LRUCache<string, Uint8Array>({ max: REMEMBERED_REFERRERS });
  /** Files of records that this process made and nobody has removed, as far as it knows. */
  #paths: string[] = [];
  #lastNumber = 0;
  #lock: number | null = null;
  #records: RecordWriter | null = null;
  #spare: Segment | null = null;
  #totals: TotalsWriter | null = null;
  /** Runs while there is no room for records. */
  #asking: Timer | null = null;
  #hasRoomForTotals = true;
  #inTotals = 0;
  #lost = 0;

  constructor({ folder, random, maxBytes }: JournalParts) {
    this.#folder = folder;
    this.#id = Buffer.from(random(9)).toString("hex");
    this.#maxBytes = maxBytes;
  }

  /** Never waits and never fails. Gives the place of the visitor's class. */
  record(visit: Visit): number {
    const code = codeOf(visit);
    const host = visit.referrer === "" ? NO_HOST : this.#hostBytes(visit.referrer);
    const { linkId, at } = visit;
    const place = code & 0xff;
    if (this.#records?.append(linkId, at, code, host)) return place;
    if (this.#asking === null && this.#turnOver()) this.#records?.append(linkId, at, code, host);
    else this.#addToTotals(linkId, at, place);
    return place;
  }

  /** Whether it has files. */
  get isOpen(): boolean {
    return this.#lock !== null;
  }

  /** How many visits were kept as totals only, since this process began. */
  get detailsDropped(): number {
    return this.#inTotals;
  }

  /** How many visits could not be kept at all, since this process began: the disk was full, too. */
  get lost(): number {
    return this.#lost;
  }

  /** Nothing more is recorded: whoever empties the journal may take its files away. */
  close(): void {
    if (this.#records !== null) seal(this.#records.segment);
    if (this.#spare !== null) seal(this.#spare);
    if (this.#totals !== null) seal(this.#totals.segment);
    this.#records = null;
    this.#spare = null;
    this.#totals = null;
    if (this.#asking !== null) clearTimeout(this.#asking);
    this.#asking = null;
    if (this.#lock !== null) closeSync(this.#lock);
    this.#lock = null;
  }

  #hostBytes(referrer: string): Uint8Array {
    const known = this.#hosts.get(referrer);
    if (known !== undefined) return known;
    const bytes = new TextEncoder().encode(hostOf(referrer));
    this.#hosts.set(referrer, bytes);
    return bytes;
  }

  /** Goes on in a new segment; where there may be none, it is asked again after a while. */
  #turnOver(): boolean {
    const next = this.#spare ?? this.#make(RECORDS_ENDING);
    this.#spare = null;
    if (this.#records !== null) seal(this.#records.segment);
    this.#records = next && new RecordWriter(next);
    if (next === null) {
      this.#asking = setTimeout(() => this.#askAgain(), ASK_AGAIN_MS).unref();
      return false;
    }
    if (this.#totals !== null) seal(this.#totals.segment);
    this.#totals = null;
    setTimeout(() => this.#makeSpare(), 0);
    return true;
  }

  /** Also when nobody comes any more: only totals that are done with are saved. */
  #askAgain(): void {
    this.#asking = null;
    this.#hasRoomForTotals = true;
    this.#turnOver();
  }

  /** Ahead of time, so that no visitor waits for it. */
  #makeSpare(): void {
    if (this.#records !== null) this.#spare ??= this.#make(RECORDS_ENDING);
  }

  #addToTotals(linkId: number, at: number, visitorClass: number): void {
    if (
      this.#totals?.add(linkId, at, visitorClass) ||
      this.#addToNewTotals(linkId, at, visitorClass)
    )
      this.#inTotals++;
    else this.#lost++;
  }

  #addToNewTotals(linkId: number, at: number, visitorClass: number): boolean {
    if (!this.#hasRoomForTotals) return false;
    const segment = this.#make(TOTALS_ENDING);
    this.#hasRoomForTotals = segment !== null;
    if (segment === null) return false;
    if (this.#totals !== null) seal(this.#totals.segment);
    this.#totals = new TotalsWriter(segment);
    return this.#totals.add(linkId, at, visitorClass);
  }

  /** Records stop at the bound; totals, which grow with the number of links and not of visits, at the disk's end. */
  #make(ending: string): Segment | null {
    if (ending === RECORDS_ENDING && !this.#mayGrow()) return null;
    try {
      this.#lock ??= this.#makeLock();
      const number = String(++this.#lastNumber).padStart(8, "0");
      const segment = createSegment(join(this.#folder, `${this.#id}.${number}${ending}`));
      if (ending === RECORDS_ENDING) this.#paths.push(segment.path);
      return segment;
    } catch {
      return null;
    }
  }

  #mayGrow(): boolean {
    this.#paths = this.#paths.filter((path) => existsSync(path));
    return (this.#paths.length + 1) * SEGMENT_BYTES <= this.#maxBytes();
  }

  /** Locked before anybody can see it: who finds it unlocked knows that its process is dead. */
  #makeLock(): number {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    const path = join(this.#folder, `${this.#id}${LOCK_ENDING}`);
    const lock = openSync(`${path}.new`, "w", 0o600);
    claimFile(lock);
    renameSync(`${path}.new`, path);
    return lock;
  }
}

const NO_HOST = new Uint8Array(0);
