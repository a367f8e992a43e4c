import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Clock, Random } from "../../clock.ts";
import type { Database, Trx } from "../../database/database.ts";
import { claimMoment } from "../../os/machine-lock.ts";
import { Problem } from "../../problem.ts";
import { makeUuid } from "../blob.ts";
import { text } from "../text.en.ts";
import { noSuchUpload, requireUploadId } from "./upload.ts";

export interface UploadLocksParts {
  readonly database: Database;
  /** Of locked files, which all processes of this machine share. */
  readonly folder: string;
  /** Name of this machine. */
  readonly node: string;
  readonly clock: Clock;
  readonly random: Random;
}

/** How long another node's request that is silent keeps an upload, in milliseconds, and how often one renews it. */
const HELD_MS = 15_000;
const RENEW_EVERY = 16;

/** How often a request looks whether another one waits for its upload, in milliseconds. */
const LOOK_MS = 250;

/** How long a request waits for another one to end: attempts, and milliseconds between them. */
const TRIES = 80;
const RETRY_MS = 50;
const TRIES_A_CALL = 20;

/**
 * One request at a time has an upload, over all processes and nodes. A newer one ends the older one: its connection is
 * often broken, and the client is back on another one. On one machine a locked file decides, which the kernel releases for
 * a process that ends; between nodes the row in the database, which is not written where there are none.
 */
export class UploadLocks {
  readonly #parts: UploadLocksParts;

  constructor(parts: UploadLocksParts) {
    this.#parts = parts;
  }

  /**
   * @throws Problem `locked` if another request does not end, `not_found`, also for an upload of another owner
   */
  async hold(id: string, ownerId: number): Promise<UploadHold> {
    for (let tries = 0; tries < TRIES; tries++) {
      const held = await this.tryHold(id, ownerId);
      if (held !== null) return held;
      if (tries % TRIES_A_CALL === 0) await this.#call(id);
      await Bun.sleep(RETRY_MS);
    }
    throw new Problem("locked", text.upload.locked, { retryAfterSeconds: 1 });
  }

  /**
   * Null if another request has it.
   * @throws Problem `not_found`
   */
  async tryHold(id: string, ownerId: number | null = null): Promise<UploadHold | null> {
    const { folder, database, node, random, clock } = this.#parts;
    requireUploadId(id);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const file = claimMoment(join(folder, id));
    if (file === null) return null;
    const holder = this.#isOneMachine ? "" : `${node} ${makeUuid(random)}`;
    try {
      const wanted = { id, ownerId };
      if (
        (this.#isOneMachine && (await this.#isFree(wanted))) ||
        (await this.#take(wanted, holder))
      )
        return new UploadHold({ database, clock, id, holder, file });
    } catch (thrown) {
      file[Symbol.dispose]();
      throw thrown;
    }
    file[Symbol.dispose]();
    return null;
  }

  get #isOneMachine(): boolean {
    return this.#parts.database.clock === null;
  }

  /** Where the database is one machine's, the locked file says enough, so that mostly nothing is written. */
  async #isFree(wanted: Wanted): Promise<boolean> {
    const row = await selectHolder(this.#parts.database.lookup, wanted);
    if (row === undefined) throw noSuchUpload();
    return row.holder === "" && row.is_called === 0;
  }

  async #take(wanted: Wanted, holder: string): Promise<boolean> {
    const { database, node, clock } = this.#parts;
    return await database.write(async (trx) => {
      const now = clock();
      const before = await selectHolder(trx, wanted);
      if (before === undefined) throw noSuchUpload();
      const isElsewhere = before.holder !== "" && !before.holder.startsWith(`${node} `);
      if (isElsewhere && before.held_until > now) return false;
      const { numUpdatedRows } = await trx
        .updateTable("upload")
        .set({ holder, held_until: now + HELD_MS, is_called: 0 })
        .where("id", "=", wanted.id)
        .where("holder", "=", before.holder)
        .executeTakeFirst();
      return numUpdatedRows === 1n;
    });
  }

  async #call(id: string): Promise<void> {
    await this.#parts.database.write(async (trx) => {
      await trx.updateTable("upload").set({ is_called: 1 }).where("id", "=", id).execute();
    });
  }
}

/** An upload, of any owner where that is null. */
interface Wanted {
  readonly id: string;
  readonly ownerId: number | null;
}

async function selectHolder(db: Trx | Database["lookup"], { id, ownerId }: Wanted) {
  return await db
    .selectFrom("upload")
    .select(["holder", "held_until", "is_called"])
    .where("id", "=", id)
    .$if(ownerId !== null, (uploads) => uploads.where("owner_id", "=", ownerId))
    .executeTakeFirst();
}

interface HoldParts extends Pick<UploadLocksParts, "database" | "clock"> {
  readonly id: string;
  readonly holder: string;
  readonly file: Disposable;
}

/** An upload that a request has for itself. */
export class UploadHold implements AsyncDisposable {
  /** What the row says; "" where the locked file decides. */
  readonly holder: string;
  /** Aborted when another request waits for it, or the upload is gone. */
  readonly signal: AbortSignal;
  readonly #parts: HoldParts;
  readonly #ending = new AbortController();
  readonly #timer: Timer;
  #looks = 0;
  #isLooking = false;
  #isReleased: boolean;

  constructor(parts: HoldParts) {
    this.#parts = parts;
    this.holder = parts.holder;
    this.#isReleased = parts.holder === "";
    this.signal = this.#ending.signal;
    this.#timer = setInterval(() => this.#look(), LOOK_MS);
  }

  /** The row says already that it is free. */
  noteReleased(): void {
    this.#isReleased = true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    const { database, id, holder, file } = this.#parts;
    try {
      if (this.#isReleased) return;
      await database.write(async (trx) => {
        const free = trx.updateTable("upload").set({ holder: "" }).where("id", "=", id);
        await free.where("holder", "=", holder).execute();
      });
    } catch {
      // On this machine the file decides; another node waits for its time to end.
    } finally {
      file[Symbol.dispose]();
    }
  }

  async #look(): Promise<void> {
    if (this.#isLooking) return;
    this.#isLooking = true;
    const { database, id, holder } = this.#parts;
    try {
      if (holder !== "" && ++this.#looks % RENEW_EVERY === 0) await this.#renew();
      const row = await database.lookup
        .selectFrom("upload")
        .select(["holder", "is_called"])
        .where("id", "=", id)
        .executeTakeFirst();
      if (row?.holder !== holder || row.is_called === 1) this.#ending.abort();
    } catch {
      // What it writes next fails if the upload is another's by then.
    } finally {
      this.#isLooking = false;
    }
  }

  async #renew(): Promise<void> {
    const { database, id, holder, clock } = this.#parts;
    await database.write(async (trx) => {
      const until = trx.updateTable("upload").set({ held_until: clock() + HELD_MS });
      await until.where("id", "=", id).where("holder", "=", holder).execute();
    });
  }
}
