import { closeSync, mkdirSync, openSync, statSync } from "node:fs";
import { join } from "node:path";
import type { App } from "../../app.ts";
import { readEntry, refused } from "../../archive/archive.ts";
import { maxFileBytes } from "../../config/values/sizes.ts";
import { makeUuid } from "../../files/blob.ts";
import { inputContext } from "../../links/input/link-schema.ts";
import { claimPath } from "../../os/machine-lock.ts";
import { runLimited } from "../../os/process/limited-process.ts";
import { ownProgram } from "../../os/process/own-program.ts";
import { diskFull, explainDiskFull } from "../../os/system-error.ts";
import { Problem } from "../../problem.ts";
import { currentLanguage } from "../../text/language.ts";
import type { CheckedContent, CheckedLink, SkippedLink } from "../checked-link.ts";
import { text } from "../text.en.ts";
import { type ArchiveSummary, OutputFiles, type Reading } from "./archive-output.ts";
import type { LinkRules } from "./link-rules.ts";
import type { ReadingRequest } from "./reading-process.ts";

/** Most memory of the process that reads an archive. */
const MAX_MEMORY_BYTES = 402_653_184;

/** How long it may take: for what the archive says, and for its bytes at 1 MB a second on a busy machine. */
const DEADLINE_MS = 120_000;
const BYTES_A_MS = 1000;

/** Longest answer: a summary with its remarks. */
const MAX_ANSWER_BYTES = 4_194_304;

/** How long to wait while another archive is read on this machine, and how often to look. */
const WAIT_MS = 60_000;
const LOOK_MS = 20;

export interface ArchiveOrder {
  readonly path: string;
  /** Whether to accept links that the site's settings forbid. */
  readonly isTrusted: boolean;
  /** The moment by which its times are judged: with the same one, the same archive is read the same. */
  readonly now: number;
}

/**
 * A user's archive, read and checked in a process of its own: at worst, that crashes, or is killed at its deadline or
 * its memory limit. Its lists are in files without a name, which end with this process at the latest.
 */
export class CheckedArchive implements Disposable {
  readonly summary: ArchiveSummary;
  readonly #archive: number;
  readonly #files: OutputFiles;

  private constructor(archive: number, files: OutputFiles, summary: ArchiveSummary) {
    this.#archive = archive;
    this.#files = files;
    this.summary = summary;
  }

  /**
   * Reads an archive, one at a time on this machine.
   * @throws Problem `invalid` on `backup_file`; `busy` while others are read; `storage_full`
   */
  static async read(app: App, order: ArchiveOrder): Promise<CheckedArchive> {
    const files = openFiles(app);
    try {
      const summary = await inTurn(app, () => readInProcess(app, { ...order, files }));
      return new CheckedArchive(openSync(order.path, "r"), files, summary);
    } catch (error) {
      files[Symbol.dispose]();
      throw error;
    }
  }

  /** Pages of links in the order of the archive, and those that are skipped; always the same ones. */
  links(): AsyncGenerator<readonly (CheckedLink | SkippedLink)[]> {
    return this.#files.links();
  }

  /** Pages of visitors, to whose places over all pages the hours refer. */
  visitors() {
    return this.#files.visitors();
  }

  /** Pages of at most 20,000 rows of four: place of the link, hour since 1970, place of the visitor, visits. */
  hours(): AsyncGenerator<Uint32Array> {
    return this.#files.hours();
  }

  /**
   * Streams the bytes of a link. They are complete if the stream ends without an error.
   * @throws Problem `invalid` on `backup_file` if the archive has changed
   */
  async *read({ source }: CheckedContent): AsyncGenerator<Uint8Array> {
    if ("text" in source) return yield* this.#files.text(source.text);
    yield* readEntry(this.#archive, source.entry, source.bytes);
  }

  [Symbol.dispose](): void {
    closeSync(this.#archive);
    this.#files[Symbol.dispose]();
  }
}

function openFiles({ live, random }: App): OutputFiles {
  const folder = join(live.dataFolder, "backups");
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return new OutputFiles(folder, makeUuid(random));
  } catch (thrown) {
    throw explainDiskFull(thrown);
  }
}

/** Held while an archive is read. */
export function readingLock(runFolder: string): string {
  return join(runFolder, "archive-reading");
}

/** Reading takes memory: one archive at a time on this machine. The kernel releases the lock of a process that ends. */
async function inTurn<Done>({ runFolder }: App, work: () => Promise<Done>): Promise<Done> {
  for (let waited = 0; ; waited += LOOK_MS) {
    using lock = claimPath(readingLock(runFolder));
    if (lock !== null) return await work();
    if (waited >= WAIT_MS) throw new Problem("busy", text.reading.busy, { retryAfterSeconds: 30 });
    await Bun.sleep(LOOK_MS);
  }
}

interface Order extends ArchiveOrder {
  readonly files: OutputFiles;
}

async function readInProcess(app: App, order: Order): Promise<ArchiveSummary> {
  const { path, files } = order;
  const { output, end } = await runLimited({
    words: [...ownProgram(), "read-archive"],
    input: JSON.stringify(requestOf(app, order)),
    files: files.descriptors,
    deadlineMs: DEADLINE_MS + Math.round(statSync(path).size / BYTES_A_MS),
    maxMemoryBytes: MAX_MEMORY_BYTES,
    maxOutputBytes: MAX_ANSWER_BYTES,
    log: app.log,
  });
  if (output === null) {
    app.log.warn({ path, end }, "Reading an archive was given up");
    throw refused(end === "deadline" ? text.reading.deadline : text.reading.tooLarge);
  }
  const reading = JSON.parse(output) as Reading;
  if ("refusal" in reading) throw refused(reading.refusal);
  if ("isDiskFull" in reading) throw diskFull(undefined);
  return reading.summary;
}

function requestOf(app: App, { path, isTrusted, now }: Order): ReadingRequest {
  const settings = app.live.current;
  const most = maxFileBytes(settings);
  const rules: LinkRules = {
    context: { ...inputContext(app, []), now, wasStored: true },
    allowedExtensions: settings["files.allowed_extensions"],
    maxFileBytes: Number.isFinite(most) ? most : null,
    isTrusted,
  };
  return { path, rules, language: currentLanguage() };
}
