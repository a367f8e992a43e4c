import { type RawBuilder, sql } from "kysely";
import { LRUCache } from "lru-cache";
import type { Clock } from "../../clock.ts";
import type { Database, Trx } from "../../database/database.ts";
import { lookUp, prepare, prepareShapes } from "../../database/prepared.ts";
import type { Kind } from "../link.ts";

/** Number of links of each kind; a kind without links is missing. */
export type KindCounts = ReadonlyMap<Kind, number>;

interface Counted {
  readonly at: number;
  readonly counts: KindCounts;
}

/** Where no counts are kept, those of more links than this may be a minute old: counting a million takes a while. */
const MANY = 1000;
const MINUTE_MS = 60_000;

/** Number of owners whose counts are remembered. */
const REMEMBERED = 1000;

/** Counts the links of an owner, or of all, by kind. */
export class KindCounter {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #many: number;
  readonly #counted = new LRUCache<number | "all", Counted>({ max: REMEMBERED });

  constructor(database: Database, clock: Clock, many = MANY) {
    this.#database = database;
    this.#clock = clock;
    this.#many = many;
  }

  async of(ownerId: number | undefined): Promise<KindCounts> {
    const now = this.#clock();
    const key = ownerId ?? "all";
    const known = this.#counted.get(key);
    if (known !== undefined && Math.abs(now - known.at) < MINUTE_MS) return known.counts;
    const rows = await countByKind(this.#database, ownerId);
    const counts = new Map(rows.map(({ kind, links }) => [kind, links]));
    if (this.#database.dialect.linkCounts.areKept) return counts;
    const total = counts.values().reduce((sum, count) => sum + count, 0);
    if (total > this.#many) this.#counted.set(key, { at: now, counts });
    return counts;
  }
}

/** Whose links are counted; undefined: all. */
type Owner = number | undefined;

interface KindCount {
  readonly kind: Kind;
  readonly links: number;
}

/** The owner that sums of all links have. */
const ALL = 0;

/** Counts the links of an owner, or of all, by kind: by kept sums where the database keeps them. */
export async function countByKind(
  { dialect, lookup, read }: Pick<Database, "dialect" | "lookup" | "read">,
  ownerId: Owner,
): Promise<readonly KindCount[]> {
  if (dialect.linkCounts.areKept)
    return (await lookup.executeQuery(selectKept(lookup, { ownerId: ownerId ?? ALL }))).rows;
  const query = sql<KindCount>`select kind, links from ${dialect.linkCounts.from} as c
    where owner_id = ${ownerId ?? ALL}`;
  return (await query.execute(read)).rows;
}

const selectKept = prepare<{ ownerId: number }, KindCount>((db, { ownerId }) => {
  const counts = sql<KindCount>`select kind, links from link_count
    where owner_id = ${ownerId} and links > 0`;
  return { compile: () => counts.compile(db) };
});

/** The number of links of an owner, or of all, and of a kind, if one is given; null where no sums are kept. */
export async function findKeptCount(
  database: Pick<Database, "dialect" | "lookup" | "lookupNow">,
  ownerId: Owner,
  kind?: Kind,
): Promise<number | null> {
  if (!database.dialect.linkCounts.areKept) return null;
  const values = { ownerId: ownerId ?? ALL, kind: kind ?? "redirect" };
  const query = sumKept(database.lookup, values, kind === undefined ? "all" : "kind");
  return (await lookUp(database, query))?.links ?? 0;
}

const sumKept = prepareShapes(
  (db, { ownerId, kind }: { ownerId: number; kind: Kind }, shape: "all" | "kind") => {
    const isOfKind = shape === "kind" ? sql`kind = ${kind}` : sql`1 = 1`;
    const sum = sql<Pick<KindCount, "links">>`select coalesce(sum(links), 0) as links
      from link_count where owner_id = ${ownerId} and ${isOfKind}`;
    return { compile: () => sum.compile(db) };
  },
);

/** The number of links of an owner, or of all, as part of a query. */
export function linksOf({ linkCounts }: Database["dialect"], ownerId: Owner): RawBuilder<number> {
  return sql`(select cast(coalesce(sum(links), 0) as bigint) from ${linkCounts.from} as c
    where owner_id = ${ownerId ?? ALL})`;
}

const counted = sql`select owner_id, kind, count(*) as links from link_search group by owner_id, kind
  union all select ${sql.lit(ALL)}, kind, count(*) from link_search group by kind`;

/** Whether kept sums differ from the links; one query, so that writers meanwhile make no difference. */
export async function hasWrongCounts({ dialect, inspect }: Database): Promise<boolean> {
  const { rows } = await sql`select owner_id, kind from (
      select owner_id, kind, links from ${dialect.linkCounts.from} as kept
      union all select owner_id, kind, -links from (${counted}) as counted) as compared
    group by owner_id, kind having sum(links) <> 0 limit 1`.execute(inspect);
  return rows.length > 0;
}

/** Counts all links again, where sums are kept. */
export async function recount(trx: Trx): Promise<void> {
  await sql`delete from link_count`.execute(trx);
  await sql`insert into link_count (owner_id, kind, links) ${counted}`.execute(trx);
}
