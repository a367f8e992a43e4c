import { existsSync } from "node:fs";
import { link, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Random } from "../../clock.ts";
import type { Database } from "../../database/database.ts";
import { syncFolder } from "../../os/fsync.ts";
import { codeOf } from "../../os/system-error.ts";
import { Problem } from "../../problem.ts";
import type { Logger } from "../../telemetry/log.ts";
import { makeUuid } from "../blob.ts";
import { IN_USE } from "../blob-rows.ts";
import { text } from "../text.en.ts";

/** In the folder of stored files; because of its dot it is never a user's folder. */
const FILE = ".trunk8-site";

/** Newest stored files of which one must be there, for a folder without a mark to be the site's. */
const SAMPLE = 20;

export interface SiteMarkParts {
  readonly database: Database;
  /** `users` of the data folder. */
  readonly folder: string;
  readonly random: Random;
  readonly log: Logger;
}

/** What a folder of stored files lacks to be the site's. */
export interface SiteMarkFault {
  readonly is: "missing" | "foreign";
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

  private constructor(folder: string, id: string | null) {
    this.#folder = folder;
    this.#id = id;
  }

  /**
   * Marks the folder of a site that has no id yet, or whose files are there without the mark, as in a copy that left
   * out hidden files. Any other folder without the mark is logged, and stays as it is.
   */
  static async open(parts: SiteMarkParts): Promise<SiteMark> {
    const known = await readId(parts.database);
    const mark = new SiteMark(parts.folder, known ?? (await begin(parts)));
    const fault = await mark.findFault();
    if (fault?.is === "missing" && (await holdsStoredFiles(parts)))
      await write(parts, fault.id).catch(() => {});
    else if (fault !== null)
      parts.log.error({ file: fault.file, fault: fault.is }, "Stored files are not available");
    return mark;
  }

  /** @throws Problem `busy` if the folder is not the site's */
  async check(): Promise<void> {
    const fault = await this.findFault();
    if (fault === null) return;
    const cause = new Error(`${fault.file} is ${fault.is}; the site has the id ${fault.id}`);
    throw new Problem("busy", text.storageAway, { retryAfterSeconds: 60, cause });
  }

  /** Null also on a full disk that never took a mark. */
  async findFault(): Promise<SiteMarkFault | null> {
    if (this.#id === null) return null;
    const found = await readMark(this.#folder);
    if (found === this.#id) return null;
    const file = join(this.#folder, FILE);
    return { is: found === null ? "missing" : "foreign", file, id: this.#id };
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
