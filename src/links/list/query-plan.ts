import { type RawBuilder, sql } from "kysely";
import type { Database } from "../../database/database.ts";
import type { Candidates } from "../../database/search/search-index.ts";
import { type TaggedLinks, taggedLinks } from "../tags/tag-filter.ts";
import { type Filter, hasStatus, searchTermsOf } from "./filter.ts";
import { findKeptCount } from "./kind-counts.ts";

/** Bounds of the work for one page. */
export interface Limits {
  /** Matches that are counted, and sorted if there are no more. */
  readonly maxCounted: number;
  /** Rows of a sort index that are read before the scan gives up. */
  readonly maxScanned: number;
  /** The newest links that show how frequent the words of a search are. */
  readonly frequencySample: number;
  /** Links of one status that can be tested one by one. */
  readonly maxOfStatus: number;
}

/** Rows to test, and the tags that they may lack. */
export type ChosenRows = Candidates & Pick<TaggedLinks, "untested">;

/**
 * Chooses the rows that are tested against the filter, the fewer the better: all links of an owner who has few, else
 * those with a tag that few have, else those with a tag that the search index finds, too, else those that it finds by
 * words and status, or by status alone if that is rarer than frequent words.
 */
export async function chooseCandidates(
  database: Database,
  filter: Filter,
  limits: Limits,
): Promise<ChosenRows> {
  const { search } = database.dialect;
  const untested = filter.tagged;
  const tagged = untested && taggedLinks(untested, search);
  if (tagged !== null && tagged.links <= limits.maxCounted) return tagged;
  if (await ownerHasFew(database, filter, limits)) return { ...everyRow, untested };
  const terms = searchTermsOf(filter);
  if (tagged !== null) {
    if (isByTagsAlone(filter) || (await hasFrequentWords(database, filter, limits))) return tagged;
    const hasManyTagged = tagged.links > limits.maxOfStatus;
    const both = search.taggedAmong(tagged.ids, terms);
    const found = both && hasManyTagged ? search.candidates(terms) : null;
    if (found !== null && !(await hasMore(database, found, sql`1 = 1`, limits.maxCounted)))
      return { ...found, untested };
    if (both !== null) return { ...both, untested: tagged.untested };
    if (!hasManyTagged) return tagged;
  }
  const byStatus = search.candidates({ ...terms, words: [] });
  const isStatusRarer =
    filter.status !== undefined &&
    byStatus.isSelective &&
    (await hasFrequentWords(database, filter, limits)) &&
    !(await hasManyOfStatus(database, filter, limits, byStatus));
  return { ...(isStatusRarer ? byStatus : search.candidates(terms)), untested };
}

/** Whether neither words nor a status could find fewer links than their tags. */
function isByTagsAlone({ status, codes, words }: Filter): boolean {
  return codes.length + words.length === 0 && (status === undefined || status === "live");
}

/** Rows that the index of owners selects. */
const everyRow: Candidates = {
  from: sql`link_search as s`,
  id: sql`s.link_id`,
  isSelective: true,
};

async function ownerHasFew(
  database: Database,
  { ownerId }: Filter,
  { maxCounted }: Limits,
): Promise<boolean> {
  if (ownerId === undefined) return false;
  const kept = await findKeptCount(database, ownerId);
  if (kept !== null) return kept <= maxCounted;
  return !(await hasMore(database, everyRow, sql`s.owner_id = ${ownerId}`, maxCounted));
}

/** Whether more than a third of the newest links contain the words. */
async function hasFrequentWords(
  database: Database,
  filter: Filter,
  { frequencySample }: Limits,
): Promise<boolean> {
  if (searchTermsOf(filter).words.length === 0) return false;
  const ofAnyStatus = {
    ...searchTermsOf(filter),
    isDisabled: false,
    isExpired: false,
    isScheduled: false,
    isSpent: false,
  };
  const containing = database.dialect.search.candidates(ofAnyStatus);
  const isNew = sql<boolean>`${containing.id} > (select max(link_id) from link_search) - ${frequencySample}`;
  return await hasMore(database, containing, isNew, Math.floor(frequencySample / 3));
}

async function hasManyOfStatus(
  database: Database,
  { status, now }: Filter,
  { maxOfStatus }: Limits,
  byStatus: Candidates,
): Promise<boolean> {
  if (status === undefined) return true;
  return await hasMore(database, byStatus, hasStatus(status, now), maxOfStatus);
}

async function hasMore(
  { read }: Database,
  { from }: Candidates,
  test: RawBuilder<boolean>,
  than: number,
): Promise<boolean> {
  const query = sql`select 1 from ${from} where ${test} limit 1 offset ${than}`;
  return (await query.execute(read)).rows.length > 0;
}
