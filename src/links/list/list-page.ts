import type { Database } from "../../database/database.ts";
import { type ListedLink, listedFrom, selectListed } from "../link-rows.ts";
import { type Cursor, type Place, readCursor, writeCursor } from "./cursor.ts";
import { filterOf } from "./filter.ts";
import { type LinkPage, type LinkQuery, orderOf } from "./list-query.ts";
import type { Limits } from "./query-plan.ts";
import { type Rows, SortedLinks } from "./sorted-links.ts";

const usualLimits: Limits = { counted: 10_000, steps: 10_000, common: 3_000, status: 50_000 };

/** Reads one page of links. */
export async function readPage(
  database: Database,
  query: LinkQuery,
  now: number,
  limits = usualLimits,
): Promise<LinkPage> {
  const { sort, direction } = orderOf(query);
  const filter = filterOf(query, now);
  const list = new SortedLinks({ database, filter, sort, direction, limits });
  const cursor = readCursor(query.cursor ?? "", sort, direction);
  const { total, places, hasNext, hasPrevious } = await turnTo(list, cursor, query.limit);
  const cursorTo = (side: Cursor["side"], place: Place | undefined) =>
    place === undefined ? null : writeCursor({ sort, direction, side, place });
  return {
    links: await readListed(database, places),
    next: hasNext ? cursorTo("after", places.at(-1)) : null,
    previous: hasPrevious ? cursorTo("before", places[0]) : null,
    total: Math.min(total, limits.counted),
    isMore: total > limits.counted,
  };
}

interface Page extends Rows {
  readonly hasNext: boolean;
  readonly hasPrevious: boolean;
}

/** The page a cursor names, or where the list has shrunk since, the nearest one. */
async function turnTo(list: SortedLinks, cursor: Cursor | null, limit: number): Promise<Page> {
  if (cursor?.side === "before") return await turnBack(list, cursor.place, limit);
  const from = cursor?.place ?? null;
  const found = await list.read({ from, isBackward: false, limit: limit + 1 });
  if (from !== null && found.places.length === 0) return await turnBack(list, null, limit);
  return {
    total: found.total,
    places: found.places.slice(0, limit),
    hasNext: found.places.length > limit,
    hasPrevious: from !== null,
  };
}

/** The page before `from`, or the last one. */
async function turnBack(list: SortedLinks, from: Place | null, limit: number): Promise<Page> {
  const { total, places } = await list.read({ from, isBackward: true, limit: limit + 1 });
  if (from !== null && places.length < limit) return await turnTo(list, null, limit);
  return {
    total,
    places: places.slice(0, limit).toReversed(),
    hasNext: from !== null,
    hasPrevious: places.length > limit,
  };
}

async function readListed(database: Database, places: readonly Place[]): Promise<ListedLink[]> {
  if (places.length === 0) return [];
  const ids = places.map(({ id }) => id);
  const rows = await selectListed(database.read).where("link.id", "in", ids).execute();
  const byId = new Map(rows.map((row) => [row.id, listedFrom(row)]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}
