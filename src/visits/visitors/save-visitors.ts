import { CompiledQuery, type RawBuilder, sql } from "kysely";
import { LRUCache } from "lru-cache";
import type { Columns, Database, Trx } from "../../database/database.ts";
import { ALL_OWNERS } from "../reports/report.ts";
import { DAYS } from "../sum-columns.ts";
import type { DayVisitors } from "../tally.ts";
import { addHashes, emptySketch, estimate } from "./sketch.ts";

/** Bytes of saved sketches that are in memory. */
const CACHED_BYTES = { link: 12_582_912, owner: 4_194_304 };

/** What an entry of the cache takes besides its sketch. */
const ENTRY_BYTES = 100;

/** Rows per statement: few numbers of them, so that each statement is made once. */
const BATCHES = [256, 32];

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
  readonly #saved = { link: newCache("link"), owner: newCache("owner") };
  readonly #statements = new Map<string, string>();

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
    const isKnown = ({ id, day }: Group) => this.#saved[level].has(id * DAYS + day);
    const unknown = wanted.filter((group) => !isKnown(group));
    const created = await this.#create(trx, level, unknown);
    const rest = wanted.filter(({ id, day }) => !created.has(id * DAYS + day));
    const { changed, missing } = await this.#update(trx, level, rest);
    const again = await this.#create(trx, level, missing);
    return [...created.values(), ...changed, ...again.values()];
  }

  /** Adds rows where there are none; returns them by their keys. */
  async #create(
    trx: Trx,
    level: Level,
    groups: readonly Group[],
  ): Promise<ReadonlyMap<number, Changed>> {
    const created = new Map<number, Changed>();
    const wanted = groups.map(({ id, day, hashes }) => ({
      id,
      day,
      sketch: addHashes(emptySketch, hashes),
    }));
    for (const batch of batchesOf(wanted)) {
      const rows = await this.#write<{ id: number; day: number }>(trx, level, "create", batch);
      const keys = new Set(rows.map(({ id, day }) => id * DAYS + day));
      for (const row of batch) {
        const key = row.id * DAYS + row.day;
        if (keys.has(key)) created.set(key, row);
      }
    }
    return created;
  }

  async #update(
    trx: Trx,
    level: Level,
    groups: readonly Group[],
  ): Promise<{ readonly changed: readonly Changed[]; readonly missing: readonly Group[] }> {
    if (groups.length === 0) return { changed: [], missing: [] };
    const rows = await this.#lockRows(trx, level, groups);
    const changed: Changed[] = [];
    const missing: Group[] = [];
    for (const group of groups) {
      const { id, day, hashes } = group;
      const row = rows.get(id * DAYS + day);
      if (row === undefined) missing.push(group);
      // The day was over, and its sketch was deleted: the number stays.
      if (row === undefined || (row.sketch === null && row.visitors > 0)) continue;
      const before = row.sketch ?? emptySketch;
      const sketch = addHashes(before, hashes);
      if (sketch !== before) changed.push({ id, day, sketch });
    }
    for (const batch of batchesOf(changed)) await this.#write(trx, level, "update", batch);
    return { changed, missing };
  }

  /** Building a statement of hundreds of rows takes longer than running it. */
  async #write<Row>(
    trx: Trx,
    level: Level,
    mode: "create" | "update",
    rows: readonly Changed[],
  ): Promise<Row[]> {
    const key = `${level} ${mode} ${rows.length}`;
    let statement = this.#statements.get(key);
    if (statement === undefined) {
      statement = writing(level, mode, rows).compile(trx).sql;
      this.#statements.set(key, statement);
    }
    const parameters = rows.flatMap(({ id, day, sketch }) => [id, day, estimate(sketch), sketch]);
    const result = await trx.executeQuery<Row>(CompiledQuery.raw(statement, parameters));
    return result.rows;
  }

  #isNew(level: Level, { id, day, hashes }: Group): boolean {
    const saved = this.#saved[level].get(id * DAYS + day);
    return saved === undefined || addHashes(saved, hashes) !== saved;
  }

  /** The rows of groups, which are there; no other node changes them before the end of the transaction. */
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
    for (const { id, day, sketch } of changed) this.#saved[level].set(id * DAYS + day, sketch);
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

function writing(
  level: Level,
  mode: "create" | "update",
  changed: readonly Changed[],
): RawBuilder<unknown> {
  const [table, of] = [sql.table(`${level}_unique`), sql.ref(`${level}_id`)];
  const rows = changed.map(({ id, day, sketch }) => sql`(${id}, ${day}, ${0}, ${sketch})`);
  const conflict =
    mode === "create"
      ? sql`do nothing returning ${of} as id, day`
      : sql`do update set visitors = excluded.visitors, sketch = excluded.sketch`;
  return sql`insert into ${table} (${of}, day, visitors, sketch) values ${sql.join(rows)}
    on conflict (${of}, day) ${conflict}`;
}

function* batchesOf(rows: readonly Changed[]): Generator<readonly Changed[]> {
  let at = 0;
  for (const size of BATCHES)
    for (; at + size <= rows.length; at += size) yield rows.slice(at, at + size);
  if (at < rows.length) yield rows.slice(at);
}

function newCache(level: Level): LRUCache<number, Uint8Array> {
  return new LRUCache({
    maxSize: CACHED_BYTES[level],
    sizeCalculation: ({ length }) => length + ENTRY_BYTES,
  });
}

function addTo(
  groups: Map<number, Group>,
  id: number,
  day: number,
  hashes: readonly number[],
): void {
  const key = id * DAYS + day;
  const known = groups.get(key);
  if (known === undefined) groups.set(key, { id, day, hashes: hashes.slice() });
  else for (const hash of hashes) known.hashes.push(hash);
}
