import { type CompiledQuery, sql } from "kysely";
import type { Database } from "../../database/database.ts";
import { prepareShapes } from "../../database/prepared.ts";
import { type ListedLink, type ListedRow, listedFrom, selectListed } from "../rows/link-columns.ts";
import type { CursorRow } from "./cursor.ts";
import type { Direction, LinkSort } from "./list-query.ts";
import { comesAfter, opposites, orderBy } from "./row-order.ts";

/** The rows to read: from the beginning, or after a cursor row; forwards or backwards. */
export interface RowsRequest {
  readonly from: CursorRow | null;
  readonly isBackward: boolean;
  readonly limit: number;
}

/** Rows of a sorted list, and how many there are in all: exact up to `maxCounted`. */
export interface Rows {
  readonly total: number;
  readonly rows: readonly FoundRow[];
}

/** A row of a list, with its link where that was read along with it. */
export interface FoundRow extends CursorRow {
  readonly link?: ListedLink;
}

/** A list without a filter. */
interface WholeList {
  /** Absent: links of all owners. */
  readonly ownerId: number | undefined;
  readonly sort: LinkSort;
  readonly direction: Direction;
}

/**
 * Reads rows of a list without a filter, with their links, in one query along the index of its order. Null where no
 * index has this order: those of code and visits hold links of all owners.
 */
export async function readWholeList(
  database: Pick<Database, "read" | "readTogether">,
  { ownerId, sort, direction }: WholeList,
  { from, isBackward, limit }: RowsRequest,
): Promise<readonly FoundRow[] | null> {
  if (!hasIndex(sort, ownerId)) return null;
  const shape = [
    sort,
    isBackward ? opposites[direction] : direction,
    ownerId === undefined ? "all" : "own",
    from === null ? "first" : "next",
  ] as const;
  const values = { ownerId: ownerId ?? 0, key: from?.key ?? null, id: from?.id ?? 0, limit };
  const query = selectPage(database.read, values, shape.join("-") as Shape);
  const [rows] = await database.readTogether("read", [query]);
  return rows.map((row) => ({ key: row.sort_key, id: row.id, link: listedFrom(row) }));
}

/** The newest links of an owner, or of all. */
export function selectNewest(
  db: Database["read"],
  ownerId: number | undefined,
  limit: number,
): CompiledQuery<PageRow> {
  const values = { ownerId: ownerId ?? 0, key: null, id: 0, limit };
  return selectPage(db, values, ownerId === undefined ? NEWEST.all : NEWEST.own);
}

function hasIndex(sort: LinkSort, ownerId: number | undefined): sort is keyof typeof indexes {
  return sort in indexes && (sort === "created" || ownerId === undefined);
}

const indexes = {
  created: { from: sql`link_search as s`, key: null, id: sql<number>`s.link_id` },
  code: {
    from: sql`link_search as s indexed by link_search_code`,
    key: sql<string>`s.code`,
    id: sql<number>`s.link_id`,
  },
  visits: {
    from: sql`link_rank as s indexed by link_rank_visits`,
    key: sql<number>`s.visits`,
    id: sql<number>`s.link_id`,
  },
} as const;

const NO_KEY = sql<null>`null`;

const NEWEST = { all: "created-desc-all-first", own: "created-desc-own-first" } as const;

type Shape = `${keyof typeof indexes}-${Direction}-${"all" | "own"}-${"first" | "next"}`;

interface Values extends CursorRow {
  readonly ownerId: number;
  readonly limit: number;
}

interface PageRow extends ListedRow {
  sort_key: CursorRow["key"];
}

const selectPage = prepareShapes<Values, PageRow, Shape>(
  (db, { ownerId, key, id, limit }, shape) => {
    const [sort, direction, owner, place] = shape.split("-") as [
      keyof typeof indexes,
      Direction,
      string,
      string,
    ];
    const index = indexes[sort];
    const inOrder = { ...index, direction };
    const isOwned = owner === "own" ? sql`s.owner_id = ${ownerId}` : sql`1 = 1`;
    const isAfter = place === "next" ? comesAfter(inOrder, { key, id }) : sql`1 = 1`;
    const found = sql<{ id: number; sort_key: CursorRow["key"] }>`(
      select ${index.id} as id, ${index.key ?? NO_KEY} as sort_key from ${index.from}
      where ${isOwned} and ${isAfter} order by ${orderBy(inOrder)} limit ${limit})`;
    const page = {
      key: index.key && sql<CursorRow["key"]>`page.sort_key`,
      id: sql<number>`page.id`,
    };
    return selectListed(db)
      .innerJoin(found.as("page"), "page.id", "link.id")
      .select("page.sort_key")
      .orderBy(sql`${orderBy({ ...page, direction })}`);
  },
);
