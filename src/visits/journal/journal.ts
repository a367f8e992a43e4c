import { closeSync, existsSync, mkdirSync, openSync, renameSync } from "node:fs";
import { join } from "node:path";
import { LRUCache } from "lru-cache";
import type { Random } from "../../clock.ts";
import { claimFile } from "../../os/machine-lock.ts";
import { campaignOf } from "../campaign.ts";
import { firstLanguage } from "../language.ts";
import { hostOf, referrerOfApp } from "../referrer.ts";
import { type Agent, readAgent } from "../user-agent.ts";
import { classPlaceOf, type Visit, visitorCodeOf } from "../visit.ts";
import { TotalsWriter } from "./overflow.ts";
import { createSegment, SEGMENT_BYTES, type Segment, seal } from "./segment.ts";
import { type OpenRecord, type RecordTexts, RecordWriter } from "./visit-record.ts";

export interface JournalParts {
  /** On a disk of this machine. */
  readonly folder: string;
  readonly random: Random;
  /** Maximum size of the records while the database is unavailable. */
  readonly maxBytes: () => number;
  /** Finds out and fills in the details of a visit that was recorded, later. */
  readonly identify: (record: OpenRecord, visit: Visit) => void;
}

/** File names: `<id of the process>.<number><ending>`. */
export const RECORDS_ENDING = ".visits";
export const TOTALS_ENDING = ".totals";
/** Locked while the process runs. */
export const LOCK_ENDING = ".lock";

/** Number of referrers, and of Accept-Language headers, that are cached, and how long these may be. */
const CACHED_TEXTS = 2000;
const MAX_CACHED = 512;

/** Milliseconds between attempts to create a segment after one has failed. */
const RETRY_MS = 1000;

/**
 * Journal of one process's visits until they are saved to the database. A request writes a record into mapped memory,
 * which outlives the process, and never waits. When the journal has its maximum size, only totals are kept.
 */
export class Journal {
  readonly #folder: string;
  readonly #id: string;
  readonly #maxBytes: () => number;
  readonly #identify: JournalParts["identify"];
  readonly #hosts = new TextCache(hostOf);
  readonly #apps = new TextCache(referrerOfApp);
  readonly #languages = new TextCache(firstLanguage);
  /** Files of records that this process created and that are not known to be removed. */
  #paths: string[] = [];
  #lastNumber = 0;
  #lock: number | null = null;
  #records: RecordWriter | null = null;
  #spare: Segment | null = null;
  #totals: TotalsWriter | null = null;
  /** Set while no segment can be created. */
  #retry: Timer | null = null;
  #canCreateTotals = true;
  #inTotals = 0;
  #lost = 0;

  constructor({ folder, random, maxBytes, identify }: JournalParts) {
    this.#folder = folder;
    this.#id = Buffer.from(random(9)).toString("hex");
    this.#maxBytes = maxBytes;
    this.#identify = identify;
  }

  /** Records a visit; never waits and never throws. Returns the index of the visitor's class. */
  record(visit: Visit): number {
    const agent = readAgent(visit.userAgent);
    const code = visitorCodeOf(visit, agent);
    const texts = visit.isPrivate ? noTexts : this.#textsOf(visit, agent);
    const isRecorded =
      this.#append(visit, code, texts) ||
      (this.#retry === null && this.#startSegment() && this.#append(visit, code, texts));
    const place = classPlaceOf(code);
    if (!isRecorded) this.#addToTotals(visit.linkId, visit.at, place);
    return place;
  }

  #append(visit: Visit, code: number, texts: RecordTexts): boolean {
    const records = this.#records;
    if (records === null) return false;
    const hasDetails = visit.sender !== undefined && !visit.isPrivate;
    const unit = records.append(visit.linkId, visit.at, code, texts, hasDetails);
    if (unit < 0) return false;
    if (hasDetails) this.#identify({ segment: records.segment, unit }, visit);
    return true;
  }

  #textsOf({ referrer, language = "", query = "" }: Visit, { app }: Agent): RecordTexts {
    const campaign = query === "" ? null : campaignOf(query);
    return {
      host: referrer === "" ? this.#apps.bytesOf(app) : this.#hosts.bytesOf(referrer),
      language: this.#languages.bytesOf(language),
      campaign: campaign === null ? NOTHING : new TextEncoder().encode(campaign.join("\0")),
    };
  }

  /** Whether it has created files. */
  get isOpen(): boolean {
    return this.#lock !== null;
  }

  /** Number of visits kept only as totals since the process started. */
  get detailsDropped(): number {
    return this.#inTotals;
  }

  /** Number of visits lost since the process started, because the disk was full, too. */
  get lost(): number {
    return this.#lost;
  }

  /** Seals the files, so that any process may remove them once they are saved. */
  close(): void {
    if (this.#records !== null) seal(this.#records.segment);
    if (this.#spare !== null) seal(this.#spare);
    if (this.#totals !== null) seal(this.#totals.segment);
    this.#records = null;
    this.#spare = null;
    this.#totals = null;
    if (this.#retry !== null) clearTimeout(this.#retry);
    this.#retry = null;
    if (this.#lock !== null) closeSync(this.#lock);
    this.#lock = null;
  }

  /** Continues in a new segment; if none can be created, tries again later. */
  #startSegment(): boolean {
    const next = this.#spare ?? this.#create(RECORDS_ENDING);
    this.#spare = null;
    if (this.#records !== null) seal(this.#records.segment);
    this.#records = next && new RecordWriter(next);
    if (next === null) {
      this.#retry = setTimeout(() => this.#tryAgain(), RETRY_MS).unref();
      return false;
    }
    if (this.#totals !== null) seal(this.#totals.segment);
    this.#totals = null;
    setTimeout(() => this.#createSpare(), 0);
    return true;
  }

  /** Runs by timer and not by visit: totals are saved only once they are sealed. */
  #tryAgain(): void {
    this.#retry = null;
    this.#canCreateTotals = true;
    this.#startSegment();
  }

  /** Creates the next segment in advance, so that no request waits for it. */
  #createSpare(): void {
    if (this.#records !== null) this.#spare ??= this.#create(RECORDS_ENDING);
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
    if (!this.#canCreateTotals) return false;
    const segment = this.#create(TOTALS_ENDING);
    this.#canCreateTotals = segment !== null;
    if (segment === null) return false;
    if (this.#totals !== null) seal(this.#totals.segment);
    this.#totals = new TotalsWriter(segment);
    return this.#totals.add(linkId, at, visitorClass);
  }

  /** Records have a maximum size; totals, which grow with the links and not with the visits, only the disk's. */
  #create(ending: string): Segment | null {
    if (ending === RECORDS_ENDING && !this.#mayGrow()) return null;
    try {
      this.#lock ??= this.#createLock();
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

  /** Locks the file before it has its name: if a process finds it unlocked, its owner has ended. */
  #createLock(): number {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    const path = join(this.#folder, `${this.#id}${LOCK_ENDING}`);
    const lock = openSync(`${path}.new`, "w", 0o600);
    claimFile(lock);
    renameSync(`${path}.new`, path);
    return lock;
  }
}

const NOTHING = new Uint8Array(0);

const noTexts: RecordTexts = { host: NOTHING, language: NOTHING, campaign: NOTHING };

/** What is kept of headers, as bytes. */
class TextCache {
  readonly #read: (header: string) => string;
  readonly #known = new LRUCache<string, Uint8Array>({ max: CACHED_TEXTS });

  constructor(read: (header: string) => string) {
    this.#read = read;
  }

  bytesOf(header: string): Uint8Array {
    if (header === "") return NOTHING;
    const known = this.#known.get(header);
    if (known !== undefined) return known;
    const bytes = new TextEncoder().encode(this.#read(header));
    if (header.length <= MAX_CACHED) this.#known.set(header, bytes);
    return bytes;
  }
}
