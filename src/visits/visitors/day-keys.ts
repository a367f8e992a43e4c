import { linkSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Random } from "../../clock.ts";
import type { Database } from "../../database/database.ts";

const KEY_BYTES = 32;

export interface DayKeysParts {
  readonly database: Database;
  /** On this machine, for all of its processes; not used where nodes share a database. */
  readonly folder: string;
  readonly random: Random;
}

/**
 * The secret keys by which visitors are distinguished, one for each day. They are in no backup and move to no other
 * database, and are destroyed when their day is over: then no hash can be traced to a network address, nor two days to
 * one visitor. A lost key is replaced by a new one, so some visitors of that day are counted twice.
 */
export class DayKeys {
  readonly #parts: DayKeysParts;
  readonly #known = new Map<number, Uint8Array>();
  /** Days before are over: none of their keys is shared any more. */
  #since = 0;

  constructor(parts: DayKeysParts) {
    this.#parts = parts;
  }

  /** The key of a day if this process has used it before. */
  known(day: number): Uint8Array | undefined {
    return this.#known.get(day);
  }

  /** The key of a day; one of this process alone where no other can be reached. */
  async of(day: number): Promise<Uint8Array> {
    const known = this.#known.get(day);
    if (known !== undefined) return known;
    const fresh = this.#parts.random(KEY_BYTES);
    const key = day < this.#since ? fresh : await this.#share(day, fresh).catch(() => fresh);
    const first = this.#known.get(day) ?? key;
    this.#known.set(day, first);
    return first;
  }

  /** Forgets the keys of the days before in this process. */
  forgetBefore(day: number): void {
    this.#since = Math.max(this.#since, day);
    for (const known of this.#known.keys()) if (known < day) this.#known.delete(known);
  }

  /** Destroys the keys of the days before. */
  async endBefore(day: number): Promise<void> {
    this.forgetBefore(day);
    const { database, folder } = this.#parts;
    if (isShared(database)) {
      await database.write((trx) => trx.deleteFrom("visitor_key").where("day", "<", day).execute());
      return;
    }
    for (const name of namesIn(folder))
      if (!(Number(name) >= day)) rmSync(join(folder, name), { force: true });
  }

  async #share(day: number, fresh: Uint8Array): Promise<Uint8Array> {
    const { database, folder } = this.#parts;
    return isShared(database)
      ? await keyInDatabase(database, day, fresh)
      : keyInFolder(folder, String(day), fresh);
  }
}

/** Nodes that share a database share the clock, too. */
function isShared({ clock }: Database): boolean {
  return clock !== null;
}

async function keyInDatabase(
  database: Database,
  day: number,
  fresh: Uint8Array,
): Promise<Uint8Array> {
  const read = () =>
    database.lookup
      .selectFrom("visitor_key")
      .select("key")
      .where("day", "=", day)
      .executeTakeFirst();
  const found = await read();
  if (found !== undefined) return found.key;
  await database.write((trx) =>
    trx
      .insertInto("visitor_key")
      .values({ day, key: fresh })
      .onConflict((conflict) => conflict.doNothing())
      .execute(),
  );
  return (await read())?.key ?? fresh;
}

/** The key has its name once it is whole, and then no other process replaces it. */
function keyInFolder(folder: string, name: string, fresh: Uint8Array): Uint8Array {
  const path = join(folder, name);
  const found = keyAt(path);
  if (found !== null) return found;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const beside = `${path}.${process.pid}.new`;
  writeFileSync(beside, fresh, { mode: 0o600 });
  try {
    rmUnlessKey(path);
    linkSync(beside, path);
    return fresh;
  } catch {
    return keyAt(path) ?? fresh;
  } finally {
    rmSync(beside, { force: true });
  }
}

function rmUnlessKey(path: string): void {
  if (keyAt(path) === null) rmSync(path, { force: true });
}

function keyAt(path: string): Uint8Array | null {
  try {
    const key = readFileSync(path);
    return key.length === KEY_BYTES ? key : null;
  } catch {
    return null;
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
