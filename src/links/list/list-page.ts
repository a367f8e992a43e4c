import type { Database } from "../../database/database.ts";
import { type Actor, may } from "../../policy.ts";
import { Problem } from "../../problem.ts";
import type { Kind } from "../link.ts";
import { type ListedLink, listedFrom, selectListed } from "../rows/link-columns.ts";
import { findTags } from "../tags/tag-filter.ts";
import { text } from "../text.en.ts";
import { type Cursor, type CursorRow, readCursor, writeCursor } from "./cursor.ts";
import { filterOf } from "./filter.ts";
import { type LinkPage, type LinkQuery, type ListFilter, orderOf } from "./list-query.ts";
import type { Limits } from "./query-plan.ts";
import { SortedLinks } from "./sorted-links.ts";
import type { FoundRow, Rows } from "./whole-list.ts";

const usualLimits: Limits = {
  maxCounted: 10_000,
  maxScanned: 10_000,
  frequencySample: 3_000,
  maxOfStatus: 50_000,
};

/** @throws Problem `forbidden` where a list of all links, or of those of `ownerId`, reaches beyond the actor's own */
export function requireList(actor: Actor, ownerId?: number, kind?: Kind): void {
  const isAllowed =
    ownerId === undefined
      ? may(actor, "link.list_all")
      : may(actor, "link.list", { ownerId, kind });
  if (isAllowed) return;
  throw new Problem("forbidden", text.access.mayNotList);
}

/** All links of a list, newest first, `limit` at a time: a list of any length needs little memory. */
export async function* readPages(
  database: Database,
  filter: ListFilter,
  { limit, now }: { readonly limit: number; readonly now: number },
): AsyncGenerator<readonly ListedLink[]> {
  const list = await findList(database, { ...filter, limit }, now);
  let from: CursorRow | null = null;
  do {
    const { rows, last } = await readOn(list, from, limit);
    yield await readListed(database, rows);
    from = last;
  } while (from !== null);
}

/** A part of a list as programs read it: without the number of all its links. */
export type LinkPart = Pick<LinkPage, "links" | "next">;

/** Reads one part; none after the last link. */
export async function readPart(
  database: Database,
  query: LinkQuery,
  now: number,
  limits = usualLimits,
): Promise<LinkPart> {
  const { sort, direction } = orderOf(query);
  const list = await findList(database, query, now, limits);
  const cursor = readCursor(query.cursor ?? "", sort, direction);
  const { rows, last } = await readOn(list, cursor?.row ?? null, query.limit);
  return {
    links: await readListed(database, rows),
    next: last && writeCursor({ sort, direction, side: "after", row: last }),
  };
}

/** The rows after `from`, and the last of them if more follow. */
async function readOn(
  list: SortedLinks,
  from: CursorRow | null,
  limit: number,
): Promise<{ rows: readonly FoundRow[]; last: CursorRow | null }> {
  const found = await list.readUncounted({ from, isBackward: false, limit: limit + 1 });
  const rows = found.slice(0, limit);
  return { rows, last: found.length > limit ? (rows.at(-1) ?? null) : null };
}

/** Counts all links of a list, however many they are. */
export async function countMatches(
  database: Database,
  listed: ListFilter,
  now: number,
  limits = usualLimits,
): Promise<number> {
  const list = await findList(database, { ...listed, limit: 1 }, now, limits);
  return await list.count();
}

/** Reads one page of links. */
export async function readPage(
  database: Database,
  query: LinkQuery,
  now: number,
  limits = usualLimits,
): Promise<LinkPage> {
  const { sort, direction } = orderOf(query);
  const list = await findList(database, query, now, limits);
  const cursor = readCursor(query.cursor ?? "", sort, direction);
  const { total, rows, hasNext, hasPrevious } = await turnTo(list, cursor, query.limit);
  const cursorTo = (side: Cursor["side"], row: CursorRow | undefined) =>
    row === undefined ? null : writeCursor({ sort, direction, side, row });
  return {
    links: await readListed(database, rows),
    next: hasNext ? cursorTo("after", rows.at(-1)) : null,
    previous: hasPrevious ? cursorTo("before", rows[0]) : null,
    total: Math.min(total, limits.maxCounted),
    isMore: total > limits.maxCounted,
  };
}

async function findList(
  database: Database,
  query: LinkQuery,
  now: number,
  limits = usualLimits,
): Promise<SortedLinks> {
  const filter = filterOf(query, now, await findTags(database, query, limits.maxOfStatus));
  return new SortedLinks({ database, filter, ...orderOf(query), limits });
}

interface Page extends Rows {
  readonly hasNext: boolean;
  readonly hasPrevious: boolean;
}

/** The page of a cursor, or the nearest one where the list has shrunk since. */
async function turnTo(list: SortedLinks, cursor: Cursor | null, limit: number): Promise<Page> {
  if (cursor?.side === "before") return await turnBack(list, cursor.row, limit);
  const from = cursor?.row ?? null;
  const found = await list.read({ from, isBackward: false, limit: limit + 1 });
  if (from !== null && found.rows.length === 0) return await turnBack(list, null, limit);
  return {
    total: found.total,
    rows: found.rows.slice(0, limit),
    hasNext: found.rows.length > limit,
    hasPrevious: from !== null,
  };
}

/** The page before `from`, or the last one. */
async function turnBack(list: SortedLinks, from: CursorRow | null, limit: number): Promise<Page> {
  const { total, rows } = await list.read({ from, isBackward: true, limit: limit + 1 });
  if (from !== null && rows.length < limit) return await turnTo(list, null, limit);
  return {
    total,
    rows: rows.slice(0, limit).toReversed(),
    hasNext: from !== null,
    hasPrevious: rows.length > limit,
  };
}

async function readListed(database: Database, rows: readonly FoundRow[]): Promise<ListedLink[]> {
  const links = rows.flatMap(({ link }) => link ?? []);
  if (links.length === rows.length) return links;
  const ids = rows.map(({ id }) => id);
  const listed = await selectListed(database.read).where("link.id", "in", ids).execute();
  const byId = new Map(listed.map((row) => [row.id, listedFrom(row)]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}
