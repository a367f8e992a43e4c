import { type RawBuilder, sql } from "kysely";
import type { Database } from "../../database/database.ts";
import type { SearchSource } from "../../database/search-index.ts";
import { type Filter, hasStatus, wantedOf } from "./filter.ts";

/** How much work a page may be. */
export interface Limits {
  /** Where counting stops. As many links are also sorted on the spot; more are walked through as an index has them. */
  readonly counted: number;
  /** Steps of a walk that finds too little: then it is quicker to sort all that are wanted. */
  readonly steps: number;
  /** A word is frequent if a third of this many newest links contain it: filtering by status may then read fewer rows. */
  readonly common: number;
  /** Most links with the wanted status that are read one by one. */
  readonly status: number;
}

/** Where to look for what is wanted: the fewer rows, the better. */
export async function chooseSource(
  database: Database,
  filter: Filter,
  limits: Limits,
): Promise<SearchSource> {
  if (await ownerHasFew(database, filter, limits)) return everyRow;
  const { search } = database.dialect;
  const wanted = wantedOf(filter);
  const status = search.narrow({ ...wanted, beginnings: [], words: [] });
  const isRarer = await isStatusRarer(database, filter, limits, status);
  return isRarer ? status : search.narrow(wanted);
}

/** The index of owners narrows it down by itself. */
const everyRow: SearchSource = {
  from: sql`link_search as s`,
  id: sql`s.link_id`,
  isNarrow: true,
};

async function ownerHasFew(
  database: Database,
  { ownerId }: Filter,
  { counted }: Limits,
): Promise<boolean> {
  if (ownerId === undefined) return false;
  return !(await hasMore(database, everyRow, sql`s.owner_id = ${ownerId}`, counted));
}

/** Whether fewer links have the wanted status than contain the words, where an index can count them. */
async function isStatusRarer(
  database: Database,
  filter: Filter,
  limits: Limits,
  status: SearchSource,
): Promise<boolean> {
  if (!status.isNarrow || filter.status === undefined || filter.words.length === 0) return false;
  const ofAnyStatus = { ...wantedOf(filter), isDisabled: false, isExpired: false };
  const holding = database.dialect.search.narrow(ofAnyStatus);
  const isNew = sql<boolean>`${holding.id} > (select max(link_id) from link_search) - ${limits.common}`;
  if (!(await hasMore(database, holding, isNew, Math.floor(limits.common / 3)))) return false;
  return !(await hasMore(database, status, hasStatus(filter.status, filter.now), limits.status));
}

async function hasMore(
  { read }: Database,
  { from }: SearchSource,
  test: RawBuilder<boolean>,
  than: number,
): Promise<boolean> {
  const query = sql`select 1 from ${from} where ${test} limit 1 offset ${than}`;
  return (await query.execute(read)).rows.length > 0;
}
