import { sql } from "kysely";
import { LRUCache } from "lru-cache";
import type { Columns, Database, Trx } from "../../database/database.ts";
import { ALL_OWNERS } from "../reports/report.ts";
import { DAYS } from "../sum-columns.ts";
import type { DayVisitors } from "../tally.ts";
import { addHashes, emptySketch, estimate } from "./sketch.ts";

/** Bytes of saved sketches that are in memory. */
const CACHED_BYTES = 16_777_216;

/** What an entry of the cache takes besides its sketch. */
const ENTRY_BYTES = 100;

/** Rows per statement. */
const BATCH = 200;

type Level = "link" | "owner";

/** People of one row: of a link, or of an owner (`ALL_OWNERS`: of all), on a day. */
interface Group {
  readonly id: number;
  readonly day: number;
  readonly hashes: number[];
}

interface Changed {
  readonly id: number;
  readonly day: number;
  readonly sketch: Uint8Array;
}

/** Adds the people of links and days to the tables of unique visitors. */
export class VisitorSaver {
  readonly #database: Database;
  /**
   * Sketches that were saved. What does not change one does not change its row, which only grows: so most visits of
   * people who were there before cost no query.
   */
  readonly #saved = new LRUCache<string, Uint8Array>({
    maxSize: CACHED_BYTES,
    sizeCalculation: ({ length }) => length + ENTRY_BYTES,
  });

  constructor(database: Database) {
    this.#database = database;
  }

  /**
   * @param ownerOf the owner of a link; undefined where it is deleted
   * @returns what to call after the commit
   */
  async save(
    trx: Trx,
    visitors: Iterable<DayVisitors>,
    ownerOf: (linkId: number) => number | undefined,
  ): Promise<() => void> {
    const [links, owners] = [new Map<number, Group>(), new Map<number, Group>()];
    for (const { linkId, day, hashes } of visitors) {
      const ownerId = ownerOf(linkId);
      if (ownerId === undefined) continue;
      addTo(links, linkId, day, hashes);
      addTo(owners, ownerId, day, hashes);
      addTo(owners, ALL_OWNERS, day, hashes);
    }
    const savedLinks = await this.#saveLevel(trx, "link", links);
    const savedOwners = await this.#saveLevel(trx, "owner", owners);
    return () => {
      this.#remember("link", savedLinks);
      this.#remember("owner", savedOwners);
    };
  }

  async #saveLevel(
    trx: Trx,
    level: Level,
    groups: ReadonlyMap<number, Group>,
  ): Promise<readonly Changed[]> {
    const wanted = [...groups.values()]
      .filter((group) => this.#isNew(level, group))
      .sort((a, b) => a.id - b.id || a.day - b.day);
    if (wanted.length === 0) return [];
    const rows = await this.#lockRows(trx, level, wanted);
    const changed = wanted.flatMap(({ id, day, hashes }) => {
      const row = rows.get(id * DAYS + day);
      // The day was over, and its sketch was deleted: the number stays.
      if (row === undefined || (row.sketch === null && row.visitors > 0)) return [];
      const before = row.sketch ?? emptySketch;
      const sketch = addHashes(before, hashes);
      return sketch === before ? [] : [{ id, day, sketch }];
    });
    for (let at = 0; at < changed.length; at += BATCH)
      await update(trx, level, changed.slice(at, at + BATCH));
    return changed;
  }

  #isNew(level: Level, { id, day, hashes }: Group): boolean {
    const saved = this.#saved.get(keyOf(level, id, day));
    return saved === undefined || addHashes(saved, hashes) !== saved;
  }

  /** The rows of groups, which are there afterwards; no other node changes them before the end of the transaction. */
  async #lockRows(
    trx: Trx,
    level: Level,
    groups: readonly Group[],
  ): Promise<Map<number, { readonly visitors: number; readonly sketch: Uint8Array | null }>> {
    const [table, of] = [`${level}_unique` as const, `${level}_id` as const];
    const keys = (): Columns => ({
      [of]: Float64Array.from(groups, ({ id }) => id),
      day: Float64Array.from(groups, ({ day }) => day),
    });
    const empty = { ...keys(), visitors: new Float64Array(groups.length) };
    await this.#database.append(trx, table, empty, sql`on conflict do nothing`);
    const given = await this.#database.rowsOf(trx, `given_${table}`, keys());
    const { rows } = await sql<{
      id: number;
      day: number;
      visitors: number;
      sketch: Uint8Array | null;
    }>`select u.${sql.ref(of)} as id, u.day, u.visitors, u.sketch
      from ${sql.table(table)} as u
      where (u.${sql.ref(of)}, u.day) in (select ${sql.ref(of)}, day from ${given})
      order by 1, 2 ${this.#database.dialect.locking ?? sql``}`.execute(trx);
    return new Map(rows.map((row) => [row.id * DAYS + row.day, row]));
  }

  #remember(level: Level, changed: readonly Changed[]): void {
    for (const { id, day, sketch } of changed) this.#saved.set(keyOf(level, id, day), sketch);
  }
}

/** Deletes at most `limit` sketches of the days before, of each table; the numbers stay. Returns how many. */
export async function dropSketches(
  database: Database,
  beforeDay: number,
  limit: number,
): Promise<number> {
  return await database.write(async (trx) => {
    let dropped = 0;
    for (const level of ["link", "owner"] as const) {
      const [table, of] = [sql.table(`${level}_unique`), sql.ref(`${level}_id`)];
      const { numAffectedRows = 0n } = await sql`update ${table} set sketch = null
        where (${of}, day) in (select ${of}, day from ${table}
          where sketch is not null and day < ${beforeDay} limit ${limit})`.execute(trx);
      dropped = Math.max(dropped, Number(numAffectedRows));
    }
    return dropped;
  });
}

async function update(trx: Trx, level: Level, changed: readonly Changed[]): Promise<void> {
  const [table, of] = [sql.table(`${level}_unique`), sql.ref(`${level}_id`)];
  const rows = changed.map(
    ({ id, day, sketch }) => sql`(${id}, ${day}, ${estimate(sketch)}, ${sketch})`,
  );
  await sql`insert into ${table} (${of}, day, visitors, sketch) values ${sql.join(rows)}
    on conflict (${of}, day) do update set visitors = excluded.visitors, sketch = excluded.sketch`.execute(
    trx,
  );
}

function addTo(
  groups: Map<number, Group>,
  id: number,
  day: number,
  hashes: ReadonlySet<number>,
): void {
  const key = id * DAYS + day;
  const known = groups.get(key);
  if (known === undefined) groups.set(key, { id, day, hashes: [...hashes] });
  else for (const hash of hashes) known.hashes.push(hash);
}

function keyOf(level: Level, id: number, day: number): string {
  return `${level} ${id} ${day}`;
}
