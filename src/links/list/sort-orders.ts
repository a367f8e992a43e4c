import { type RawBuilder, sql } from "kysely";
import type { SearchIndex } from "../../database/search/search-index.ts";
import { type TagFilter, taggedLinks } from "../tags/tag-filter.ts";
import type { CursorRow } from "./cursor.ts";
import { allOf, type Filter, searchTermsOf } from "./filter.ts";
import type { LinkSort } from "./list-query.ts";

/** A scan of an index in the order of its rows. */
export interface IndexScan {
  /** The table, read in the order of the index. */
  readonly table: RawBuilder<unknown>;
  /** How rows join `link_search as s`; null where that is the table itself. */
  readonly join: RawBuilder<boolean> | null;
  readonly key: RawBuilder<CursorRow["key"]> | null;
  readonly id: RawBuilder<number>;
  /** The tags that are tested. */
  readonly untested: TagFilter | null;
  /** The part of the filter that the index answers. */
  readonly range: RawBuilder<boolean>;
  /** Whether most rows match the filter, so that the scan needs no limit. */
  readonly isSelective: boolean;
}

interface Sort {
  /** The sort key in a row `s` of `link_search` with its totals `t`; null: the id. */
  readonly key: RawBuilder<CursorRow["key"]> | null;
  readonly hasNulls: boolean;
  /** The scans of links with a key, and of links with a null key. */
  scans(filter: Filter, search: SearchIndex): { keyed: IndexScan; nullKeys: IndexScan | null };
}

export const sorts: Readonly<Record<LinkSort, Sort>> = {
  created: {
    key: null,
    hasNulls: false,
    scans: (filter, search) => ({ keyed: byId(filter, search), nullKeys: null }),
  },
  code: {
    key: sql`s.code`,
    hasNulls: false,
    scans: (filter, search) => ({ keyed: byCode(filter, search), nullKeys: null }),
  },
  expiry: {
    key: sql`s.expires_at`,
    hasNulls: true,
    scans: (filter, search) => ({
      keyed: byExpiry(filter, search),
      nullKeys: filter.status === "expired" ? null : withoutExpiry(filter, search),
    }),
  },
  visits: {
    key: sql`coalesce(t.visits, 0)`,
    hasNulls: false,
    scans: (filter, search) => ({
      keyed: byRank("link_rank_visits", sql`r.visits`, filter, search),
      nullKeys: null,
    }),
  },
  last_visit: {
    key: sql`t.last_visit_at`,
    hasNulls: true,
    scans: (filter, search) => {
      const key = sql<number>`r.last_visit_at`;
      const scan = byRank("link_rank_last_visit", key, filter, search);
      const nullKeys = { ...scan, key: null };
      return {
        keyed: { ...scan, range: allOf([scan.range, sql`${key} is not null`]) },
        nullKeys: { ...nullKeys, range: allOf([scan.range, sql`${key} is null`]) },
      };
    },
  },
};

function byId(filter: Filter, search: SearchIndex): IndexScan {
  const terms = searchTermsOf(filter);
  const tagged = filter.tagged && taggedLinks(filter.tagged, search);
  const byTag = tagged?.isInOrder ? tagged : null;
  const found = byTag ?? search.candidates(terms);
  const { from, id } = found;
  const { untested } = byTag ?? { untested: filter.tagged };
  const isSelective = found.isSelective && (!tagged || isOneTagAlone(filter));
  return {
    table: from,
    join: null,
    key: null,
    id,
    untested,
    range: ownedIn("s", filter),
    isSelective,
  };
}

/** Whether each link with the tag of a filter matches it, but for its owner. */
function isOneTagAlone({ tagged, kind, status, codes, words }: Filter): boolean {
  const hasMore = kind !== undefined || status !== undefined || codes.length + words.length > 0;
  return tagged?.tags.length === 1 && !hasMore;
}

function byCode(filter: Filter, search: SearchIndex): IndexScan {
  return {
    table: sql`link_search as s ${search.inOrderOf("link_search_code")}`,
    join: null,
    key: sql`s.code`,
    id: sql`s.link_id`,
    untested: filter.tagged,
    range: ownedIn("s", filter),
    isSelective: false,
  };
}

function byExpiry(filter: Filter, search: SearchIndex): IndexScan {
  const { status, now } = filter;
  const inStatus = {
    live: sql<boolean>`s.expires_at > ${now}`,
    scheduled: sql<boolean>`s.expires_at > ${now}`,
    limit_reached: sql<boolean>`s.expires_at > ${now}`,
    expired: sql<boolean>`s.expires_at <= ${now}`,
    disabled: sql<boolean>`s.disabled = 1`,
  };
  return {
    table: sql`link_search as s ${search.inOrderOf("link_search_expiry")}`,
    join: null,
    key: sql`s.expires_at`,
    id: sql`s.link_id`,
    untested: filter.tagged,
    range: allOf([
      sql`s.expires_at is not null`,
      ownedIn("s", filter),
      ...(status === undefined ? [] : [inStatus[status]]),
    ]),
    isSelective: false,
  };
}

function withoutExpiry(filter: Filter, search: SearchIndex): IndexScan {
  const scan = byId(filter, search);
  return { ...scan, range: allOf([scan.range, sql`s.expires_at is null`]) };
}

function byRank(
  index: string,
  key: RawBuilder<number>,
  filter: Filter,
  search: SearchIndex,
): IndexScan {
  return {
    table: sql`link_rank as r ${search.inOrderOf(index)}`,
    join: sql`s.link_id = r.link_id`,
    key,
    id: sql`r.link_id`,
    untested: filter.tagged,
    range: ownedIn("r", filter),
    isSelective: false,
  };
}

function ownedIn(table: "r" | "s", { ownerId }: Filter): RawBuilder<boolean> {
  return ownerId === undefined ? sql`1 = 1` : sql`${sql.ref(`${table}.owner_id`)} = ${ownerId}`;
}
