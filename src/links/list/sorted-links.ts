import { type RawBuilder, sql } from "kysely";
import type { Database } from "../../database/database.ts";
import type { SearchSource } from "../../database/search-index.ts";
import type { Place } from "./cursor.ts";
import { allOf, type Filter, testOf } from "./filter.ts";
import type { Direction, LinkSort } from "./list-query.ts";
import { chooseSource, type Limits } from "./query-plan.ts";
import { comesAfter, comesUntil, type Ordering, orderBy } from "./row-order.ts";
import { sorts, type Walk } from "./sort-orders.ts";

/** More links than there are. */
const EVERY = 1e12;

/** A stretch of a sorted list, and how many links there are in all: exact up to `counted`. */
export interface Rows {
  readonly total: number;
  readonly places: readonly Place[];
}

/** Which stretch: from its beginning, or from just beyond a place; backwards, or forwards. */
export interface Stretch {
  readonly from: Place | null;
  readonly isBackward: boolean;
  readonly limit: number;
}

interface PlaceRow {
  sort_key: Place["key"];
  id: number;
}

export interface SortedLinksParts {
  readonly database: Database;
  readonly filter: Filter;
  readonly sort: LinkSort;
  readonly direction: Direction;
  readonly limits: Limits;
}

/** All links that are wanted, in order, of which stretches are read. */
export class SortedLinks {
  readonly #database: Database;
  readonly #filter: Filter;
  readonly #sort: LinkSort;
  readonly #direction: Direction;
  readonly #limits: Limits;
  readonly #test: RawBuilder<boolean>;
  #source: SearchSource | null = null;

  constructor({ database, filter, sort, direction, limits }: SortedLinksParts) {
    this.#database = database;
    this.#filter = filter;
    this.#sort = sort;
    this.#direction = direction;
    this.#limits = limits;
    this.#test = testOf(filter, database.dialect.search);
  }

  async read(stretch: Stretch): Promise<Rows> {
    const { counted } = this.#limits;
    this.#source ??= await chooseSource(this.#database, this.#filter, this.#limits);
    const sorted = await this.#sortOut(this.#source, stretch, counted);
    if (sorted.total <= counted) return sorted;
    const places =
      (await this.#walk(stretch)) ?? (await this.#sortOut(this.#source, stretch, EVERY)).places;
    return { total: sorted.total, places };
  }

  /** Counts the wanted up to `most` and one, and sorts them if there are no more than `most`. */
  async #sortOut(
    source: SearchSource,
    { from, isBackward, limit }: Stretch,
    most: number,
  ): Promise<Rows> {
    const { key, canLack } = sorts[this.#sort];
    const ordering = this.#ordering({ key, id: sql`s.link_id`, canLack }, isBackward);
    const begun = from === null ? sql`1 = 1` : comesAfter(ordering, from);
    const outer = { ...ordering, key: key && sql<Place["key"]>`sort_key`, id: sql<number>`id` };
    const { rows } = await sql<{ total: number } & (PlaceRow | { id: null })>`
      with found as materialized (
        select s.link_id as id from ${source.from} where ${this.#test} limit ${most + 1}),
      counted as materialized (select count(*) as total from found)
      select total, page.id, page.sort_key from counted left join (
        select found.id, ${key ?? sql`null`} as sort_key
        from found cross join link_search as s left join link_total as t on t.link_id = found.id
        where s.link_id = found.id and (select total from counted) <= ${most} and ${begun}
        order by ${orderBy(ordering)} limit ${limit}) as page on 1 = 1
      order by ${orderBy(outer)}`.execute(this.#database.read);
    return {
      total: rows[0]?.total ?? 0,
      places: rows.flatMap((row) => (row.id === null ? [] : placeFrom(row))),
    };
  }

  /** Null when too many steps found too few. */
  async #walk({ from, isBackward, limit }: Stretch): Promise<Place[] | null> {
    const places: Place[] = [];
    for (const { walk, start } of this.#legs(from, isBackward)) {
      const rest = limit - places.length;
      const found = rest === 0 ? [] : await this.#walkLeg(walk, isBackward, start, rest);
      if (found === null) return null;
      places.push(...found);
    }
    return places;
  }

  /** The walks that follow one another from a place on, and where each starts. */
  #legs(from: Place | null, isBackward: boolean): { walk: Walk; start: Place | null }[] {
    const { keyed, keyless } = sorts[this.#sort].walks(this.#filter, this.#database.dialect.search);
    if (keyless === null) return [{ walk: keyed, start: from }];
    const [inKeyed, inKeyless] = [
      { walk: keyed, start: from },
      { walk: keyless, start: from },
    ];
    if (from === null) return isBackward ? [inKeyless, inKeyed] : [inKeyed, inKeyless];
    if (from.key === null) {
      return isBackward ? [inKeyless, { walk: keyed, start: null }] : [inKeyless];
    }
    return isBackward ? [inKeyed] : [inKeyed, { walk: keyless, start: null }];
  }

  async #walkLeg(
    walk: Walk,
    isBackward: boolean,
    start: Place | null,
    limit: number,
  ): Promise<Place[] | null> {
    const ordering = this.#ordering({ ...walk, canLack: false }, isBackward);
    const begun = start === null ? walk.within : allOf([walk.within, comesAfter(ordering, start)]);
    const edge = walk.isNarrow ? null : await this.#readEdge(walk, ordering, begun);
    const join = walk.match === null ? sql`` : sql`cross join link_search as s`;
    const tests = [begun, this.#test, ...(walk.match === null ? [] : [walk.match])];
    if (edge !== null) tests.push(comesUntil(ordering, edge));
    const { rows } =
      await sql<PlaceRow>`select ${walk.id} as id, ${walk.key ?? sql`null`} as sort_key
      from ${walk.table} ${join} where ${allOf(tests)}
      order by ${orderBy(ordering)} limit ${limit}`.execute(this.#database.read);
    return edge !== null && rows.length < limit ? null : rows.map(placeFrom);
  }

  /** The last place that a walk may come to; null when it ends before. */
  async #readEdge(
    walk: Walk,
    ordering: Ordering,
    begun: RawBuilder<boolean>,
  ): Promise<Place | null> {
    const { rows } =
      await sql<PlaceRow>`select ${walk.id} as id, ${walk.key ?? sql`null`} as sort_key
      from ${walk.table} where ${begun}
      order by ${orderBy(ordering)} limit 1 offset ${this.#limits.steps}`.execute(
        this.#database.read,
      );
    return rows[0] === undefined ? null : placeFrom(rows[0]);
  }

  #ordering(
    { key, id, canLack }: Pick<Ordering, "key" | "id"> & { canLack: boolean },
    isBackward: boolean,
  ): Ordering {
    const direction = isBackward ? opposite(this.#direction) : this.#direction;
    const keyless = isBackward ? "first" : "last";
    return { key, id, direction, ...(canLack && { keyless }) };
  }
}

function opposite(direction: Direction): Direction {
  return direction === "asc" ? "desc" : "asc";
}

function placeFrom({ sort_key, id }: PlaceRow): Place {
  return { key: sort_key, id };
}
