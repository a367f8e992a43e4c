import { existsSync } from "node:fs";
import { link, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Random } from "../../clock.ts";
import type { Database } from "../../database/database.ts";
import { every } from "../../os/every.ts";
import { syncFolder } from "../../os/fsync.ts";
import { codeOf } from "../../os/system-error.ts";
import type { Logger } from "../../telemetry/log.ts";
import { makeUuid } from "../blob.ts";
import { IN_USE } from "../blob-rows.ts";
import { storageAway } from "./folder-faults.ts";

/** In the folder of stored files; because of its dot it is never a user's folder. */
const FILE = ".trunk8-site";

/** Newest stored files of which one must be there, for a folder without a mark to be the site's. */
const SAMPLE = 20;

/** A folder that takes longer to answer is away, in milliseconds: less than health checks wait. */
const ANSWER_MS = 2000;
const SILENT = Symbol("silent");

/** How often a server looks whether the folder is there. */
const WATCH_MS = 2000;

export interface SiteMarkParts {
  readonly database: Database;
  /** `users` of the data folder. */
  readonly folder: string;
  readonly random: Random;
  readonly log: Logger;
}

/** Why a folder of stored files is not known to be the site's. `silent`: it does not answer. */
export interface SiteMarkFault {
  readonly is: "missing" | "foreign" | "silent";
  readonly file: string;
  readonly id: string;
}

/**
 * Proves that the folder of stored files is the site's, and not the empty mount point of a share that is not mounted:
 * a file in it holds the id that the database has.
 */
export class SiteMark {
  readonly #folder: string;
  readonly #id: string | null;
  readonly #log: Logger;
  #isAway = false;
  /** The read under way. */
  #reading: Promise<string | null> | null = null;
  /** Whether that takes too long. */
  #isSilent = false;

  private constructor({ folder, log }: SiteMarkParts, id: string | null) {
    this.#folder = folder;
    this.#id = id;
    this.#log = log;
  }

  /**
   * Marks the folder of a site that has no id yet, or whose files are there without the mark, as in a copy that left
   * out hidden files. Any other folder without the mark is logged, and stays as it is.
   */
  static async open(parts: SiteMarkParts): Promise<SiteMark> {
    const known = await readId(parts.database);
    const mark = new SiteMark(parts, known ?? (await begin(parts)));
    const fault = await mark.#look();
    if (fault?.is === "missing" && (await holdsStoredFiles(parts)))
      await write(parts, fault.id).catch(() => {});
    else mark.#note(fault);
    return mark;
  }

  /** Looks regularly whether the folder is there, so that a share that comes and goes is logged, and one that hangs known. */
  watch(): () => void {
    return every(WATCH_MS, () => this.findFault(), this.#log);
  }

  /** @throws Problem `busy` if the folder is not the site's */
  async check(): Promise<void> {
    const fault = await this.findFault();
    if (fault === null) return;
    throw storageAway(new Error(`${fault.file} is ${fault.is}; the site has the id ${fault.id}`));
  }

  /** @throws Problem `busy` if the folder does not answer: each request to it would hold a thread until it does */
  requireAnswer(): void {
    if (this.#isSilent) throw storageAway(new Error(`${this.#folder} does not answer`));
  }

  /** Null also on a full disk that never took a mark. */
  async findFault(): Promise<SiteMarkFault | null> {
    const fault = await this.#look();
    this.#note(fault);
    return fault;
  }

  async #look(): Promise<SiteMarkFault | null> {
    if (this.#id === null) return null;
    const fault = { file: join(this.#folder, FILE), id: this.#id };
    const found = await this.#readInTime();
    if (found === SILENT) return { is: "silent", ...fault };
    if (found === this.#id) return null;
    return { is: found === null ? "missing" : "foreign", ...fault };
  }

  #note(fault: SiteMarkFault | null): void {
    if ((fault !== null) === this.#isAway) return;
    this.#isAway = fault !== null;
    if (fault === null) this.#log.info("Stored files are available again");
    else this.#log.error({ file: fault.file, fault: fault.is }, "Stored files are not available");
  }

  /** One read at a time, so that a share that hangs holds one thread. */
  async #readInTime(): Promise<string | null | typeof SILENT> {
    if (this.#isSilent) return SILENT;
    this.#reading ??= this.#read();
    const { promise: late, resolve } = Promise.withResolvers<typeof SILENT>();
    const timer = setTimeout(() => {
      this.#isSilent = this.#reading !== null;
      resolve(SILENT);
    }, ANSWER_MS);
    try {
      return await Promise.race([this.#reading, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  async #read(): Promise<string | null> {
    try {
      return await readMark(this.#folder);
    } finally {
      this.#reading = null;
      this.#isSilent = false;
    }
  }
}

async function readId({ lookup }: Database): Promise<string | null> {
  const row = await lookup.selectFrom("site").select("id").executeTakeFirst();
  return row?.id ?? null;
}

/** Marks the folder first, then notes the id; returns that of the first process. Null where nothing can be written. */
async function begin(parts: SiteMarkParts): Promise<string | null> {
  try {
    if ((await readMark(parts.folder)) === null) await write(parts, makeUuid(parts.random));
    const id = await readMark(parts.folder);
    if (id === null) return null;
    await parts.database.write(async (trx) => {
      const insert = trx.insertInto("site").values({ one: 1, id });
      await insert.onConflict((on) => on.doNothing()).execute();
    });
    return await readId(parts.database);
  } catch (err) {
    parts.log.warn({ err }, "Cannot mark the folder of stored files");
    return null;
  }
}

/** Null: there is none, or it cannot be read. */
async function readMark(folder: string): Promise<string | null> {
  const found = await readFile(join(folder, FILE), "utf8").catch(() => "");
  return found.trim() || null;
}

async function write({ folder, random }: SiteMarkParts, id: string): Promise<void> {
  const path = join(folder, FILE);
  const beside = `${path}.${makeUuid(random)}`;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  try {
    await writeFile(beside, `${id}\n`, { mode: 0o600, flush: true });
    await link(beside, path).catch((thrown) => renameUnlessThere(thrown, beside, path));
    await syncFolder(folder);
  } finally {
    await rm(beside, { force: true });
  }
}

/** Of two processes, the mark of the first stays. Some network file systems have no hard links. */
async function renameUnlessThere(thrown: unknown, beside: string, path: string): Promise<void> {
  if (codeOf(thrown) !== "EEXIST") await rename(beside, path);
}

async function holdsStoredFiles({ database, folder }: SiteMarkParts): Promise<boolean> {
  const rows = await database.read
    .selectFrom("blob")
    .select("path")
    .where("state", "in", IN_USE)
    .orderBy("id", "desc")
    .limit(SAMPLE)
    .execute();
  return rows.some(({ path }) => existsSync(join(folder, path)));
}
