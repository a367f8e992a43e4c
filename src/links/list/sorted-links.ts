import { type RawBuilder, sql } from "kysely";
import type { Database } from "../../database/database.ts";
import type { CursorRow } from "./cursor.ts";
import { allOf, type Filter, isUnfiltered, testOf } from "./filter.ts";
import { findKeptCount } from "./kind-counts.ts";
import type { Direction, LinkSort } from "./list-query.ts";
import { type ChosenRows, chooseCandidates, type Limits } from "./query-plan.ts";
import { comesAfter, comesUntil, type Ordering, opposites, orderBy } from "./row-order.ts";
import { type IndexScan, sorts } from "./sort-orders.ts";
import { type FoundRow, type Rows, type RowsRequest, readWholeList } from "./whole-list.ts";

/**
 * The list engine: one page of links that match a filter, in one of five sort orders, at a bounded cost. It has two plans.
 *
 * A. Count and sort. Matching rows are counted up to `maxCounted`. If there are no more, they are all sorted, and the
 *    page is cut out at the cursor row. The cost is bounded by `maxCounted`.
 * B. Scan the sort index. With more matches than that, the index of the sort order is read from the cursor row on, each
 *    row is tested, and the scan stops as soon as the page is full. It gives up at the row that lies `maxScanned` rows
 *    ahead: then few rows of the index match, and plan A without an upper bound is faster.
 *
 * A list without a filter follows the index of its order, in one query: see whole-list.ts.
 *
 * Sort keys that can be null have two segments, rows with a key and rows with a null key, which are scanned one after
 * the other. Which rows plan A reads is chosen by query-plan.ts.
 */
export class SortedLinks {
  readonly #database: Database;
  readonly #filter: Filter;
  readonly #sort: LinkSort;
  readonly #direction: Direction;
  readonly #limits: Limits;
  #candidates: ChosenRows | null = null;
  /** Whether more than `maxCounted` links were found once. */
  #isLong = false;

  constructor({ database, filter, sort, direction, limits }: SortedLinksParts) {
    this.#database = database;
    this.#filter = filter;
    this.#sort = sort;
    this.#direction = direction;
    this.#limits = limits;
  }

  async read(request: RowsRequest): Promise<Rows> {
    const { maxCounted } = this.#limits;
    const kept = await this.#keptTotal();
    if (kept !== null) {
      // Of fewer links, the order by visits is exact.
      const isExact = this.#sort === "visits" && kept <= maxCounted;
      const whole = isExact ? null : await this.#readWhole(request);
      if (whole !== null) return { total: kept, rows: whole };
      if (kept > maxCounted) return { total: kept, rows: await this.#scanOrSort(request) };
    }
    const sorted = await this.#countAndSort(request, maxCounted);
    if (sorted.total <= maxCounted) return sorted;
    return { total: sorted.total, rows: await this.#scanOrSort(request) };
  }

  /** The same without the number of matches, which is known to be large once a part was read. */
  async readUncounted(request: RowsRequest): Promise<readonly FoundRow[]> {
    const whole = this.#sort === "visits" ? null : await this.#readWhole(request);
    if (whole !== null) return whole;
    if (this.#isLong) return await this.#scanOrSort(request);
    const { total, rows } = await this.read(request);
    this.#isLong = total > this.#limits.maxCounted;
    return rows;
  }

  /** The number of matches. */
  async count(): Promise<number> {
    const kept = await this.#keptTotal();
    if (kept !== null) return kept;
    const candidates = await chooseCandidates(this.#database, this.#filter, this.#limits);
    const query = sql<{ total: number }>`select count(*) as total from ${candidates.from}
      where ${this.#testAt(candidates)}`;
    return Number((await query.execute(this.#database.read)).rows[0]?.total ?? 0);
  }

  async #scanOrSort(request: RowsRequest): Promise<readonly CursorRow[]> {
    return (await this.#scan(request)) ?? (await this.#countAndSort(request, UNBOUNDED)).rows;
  }

  /** The number of matches, where the database keeps it. */
  async #keptTotal(): Promise<number | null> {
    const { ownerId, kind, status, codes, words, tagged } = this.#filter;
    if (status !== undefined || tagged !== null || codes.length + words.length > 0) return null;
    return await findKeptCount(this.#database, ownerId, kind);
  }

  /** A list without a filter; null where it has one, or no index has its order. */
  async #readWhole(request: RowsRequest): Promise<readonly FoundRow[] | null> {
    if (!isUnfiltered(this.#filter)) return null;
    const list = { ownerId: this.#filter.ownerId, sort: this.#sort, direction: this.#direction };
    return await readWholeList(this.#database, list, request);
  }

  /** Plan A: counts matches up to `max` and one, and sorts them if there are no more than `max`. */
  async #countAndSort({ from, isBackward, limit }: RowsRequest, max: number): Promise<Rows> {
    this.#candidates ??= await chooseCandidates(this.#database, this.#filter, this.#limits);
    const candidates = this.#candidates;
    const test = this.#testAt(candidates);
    const { key, hasNulls } = sorts[this.#sort];
    const ordering = this.#ordering({ key, id: sql`s.link_id` }, isBackward, hasNulls);
    const isAfterCursor = from === null ? sql`1 = 1` : comesAfter(ordering, from);
    const outer = { ...ordering, key: key && sql<CursorRow["key"]>`sort_key`, id: sql<number>`id` };
    const sortKey = key ?? NULL;
    const { rows } = await sql<{ total: number } & (KeyRow | { id: null })>`
      with found as materialized (
        select s.link_id as id from ${candidates.from} where ${test} limit ${max + 1}),
      counted as materialized (select count(*) as total from found)
      select total, page.id, page.sort_key from counted left join (
        select found.id, ${sortKey} as sort_key
        from found cross join link_search as s left join link_total as t on t.link_id = found.id
        where s.link_id = found.id and (select total from counted) <= ${max} and ${isAfterCursor}
        order by ${orderBy(ordering)} limit ${limit}) as page on 1 = 1
      order by ${orderBy(outer)}`.execute(this.#database.read);
    return {
      total: rows[0]?.total ?? 0,
      rows: rows.flatMap((row) => (row.id === null ? [] : cursorRowFrom(row))),
    };
  }

  /** Plan B: null where too many rows were scanned for too few matches. */
  async #scan({ from, isBackward, limit }: RowsRequest): Promise<CursorRow[] | null> {
    const rows: CursorRow[] = [];
    for (const { scan, start } of this.#segments(from, isBackward)) {
      const rest = limit - rows.length;
      const found = rest === 0 ? [] : await this.#scanSegment(scan, isBackward, start, rest);
      if (found === null) return null;
      rows.push(...found);
    }
    return rows;
  }

  /** The segments from a cursor row on, in their order, and where each starts. */
  #segments(from: CursorRow | null, isBackward: boolean): Segment[] {
    const { keyed, nullKeys } = sorts[this.#sort].scans(
      this.#filter,
      this.#database.dialect.search,
    );
    if (nullKeys === null) return [{ scan: keyed, start: from }];
    const inOrder = isBackward ? [nullKeys, keyed] : [keyed, nullKeys];
    if (from === null) return inOrder.map((scan) => ({ scan, start: null }));
    const first = from.key === null ? nullKeys : keyed;
    return inOrder
      .slice(inOrder.indexOf(first))
      .map((scan) => ({ scan, start: scan === first ? from : null }));
  }

  async #scanSegment(
    scan: IndexScan,
    isBackward: boolean,
    start: CursorRow | null,
    limit: number,
  ): Promise<CursorRow[] | null> {
    const ordering = this.#ordering(scan, isBackward, false);
    const range = start === null ? scan.range : allOf([scan.range, comesAfter(ordering, start)]);
    const last = scan.isSelective ? null : await this.#readScanLimit(scan, ordering, range);
    const join = scan.join === null ? sql`` : sql`cross join link_search as s`;
    const tests = [range, this.#testAt(scan), ...(scan.join === null ? [] : [scan.join])];
    if (last !== null) tests.push(comesUntil(ordering, last));
    const { rows } = await sql<KeyRow>`${selectKeys(scan)} ${join} where ${allOf(tests)}
      order by ${orderBy(ordering)} limit ${limit}`.execute(this.#database.read);
    return last !== null && rows.length < limit ? null : rows.map(cursorRowFrom);
  }

  /** The last row that a scan may read; null where the segment ends before. */
  async #readScanLimit(
    scan: IndexScan,
    ordering: Ordering,
    range: RawBuilder<boolean>,
  ): Promise<CursorRow | null> {
    const query = sql<KeyRow>`${selectKeys(scan)} where ${range}
      order by ${orderBy(ordering)} limit 1 offset ${this.#limits.maxScanned}`;
    const { rows } = await query.execute(this.#database.read);
    return rows[0] === undefined ? null : cursorRowFrom(rows[0]);
  }

  #testAt({ id, untested }: Pick<ChosenRows, "id" | "untested">): RawBuilder<boolean> {
    return testOf(this.#filter, this.#database.dialect.search, id, untested);
  }

  #ordering(
    { key, id }: Pick<Ordering, "key" | "id">,
    isBackward: boolean,
    hasNulls: boolean,
  ): Ordering {
    const direction = isBackward ? opposites[this.#direction] : this.#direction;
    const nullKeys = isBackward ? "first" : "last";
    return { key, id, direction, ...(hasNulls && { nullKeys }) };
  }
}

export interface SortedLinksParts {
  readonly database: Database;
  readonly filter: Filter;
  readonly sort: LinkSort;
  readonly direction: Direction;
  readonly limits: Limits;
}

interface Segment {
  readonly scan: IndexScan;
  readonly start: CursorRow | null;
}

interface KeyRow {
  sort_key: CursorRow["key"];
  id: number;
}

const NULL = sql<null>`null`;

/** More links than a database holds. */
const UNBOUNDED = 1e12;

function selectKeys({ key, id, table }: IndexScan): RawBuilder<unknown> {
  return sql`select ${id} as id, ${key ?? NULL} as sort_key from ${table}`;
}

function cursorRowFrom({ sort_key, id }: KeyRow): CursorRow {
  return { key: sort_key, id };
}
