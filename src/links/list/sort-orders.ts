import { type RawBuilder, sql } from "kysely";
import type { SearchIndex } from "../../database/search-index.ts";
import type { Place } from "./cursor.ts";
import { allOf, codeBegins, type Filter, wantedOf } from "./filter.ts";
import type { LinkSort } from "./list-query.ts";

/** Rows in the order of an index. */
export interface Walk {
  /** The table that the index orders, read by it. */
  readonly table: RawBuilder<unknown>;
  /** Where that is not `link_search as s` itself: how its rows find theirs there. */
  readonly match: RawBuilder<boolean> | null;
  readonly key: RawBuilder<Place["key"]> | null;
  readonly id: RawBuilder<number>;
  /** What the index itself knows of the filter. */
  readonly within: RawBuilder<boolean>;
  /** Whether its rows are about those that are wanted, so that no step is for nothing. */
  readonly isNarrow: boolean;
}

interface Sort {
  /** In a row `s` of `link_search` with its totals `t`; null: the id. */
  readonly key: RawBuilder<Place["key"]> | null;
  readonly canLack: boolean;
  /** The walks in whose order links stand: those with a key, and those that lack it. */
  walks(filter: Filter, search: SearchIndex): { keyed: Walk; keyless: Walk | null };
}

export const sorts: Readonly<Record<LinkSort, Sort>> = {
  created: {
    key: null,
    canLack: false,
    walks: (filter, search) => ({ keyed: byId(filter, search), keyless: null }),
  },
  code: {
    key: sql`s.code`,
    canLack: false,
    walks: (filter, search) => ({ keyed: byCode(filter, search), keyless: null }),
  },
  expiry: {
    key: sql`s.expires_at`,
    canLack: true,
    walks: (filter, search) => ({
      keyed: byExpiry(filter, search),
      keyless: filter.status === "expired" ? null : withoutExpiry(filter, search),
    }),
  },
  visits: {
    key: sql`coalesce(t.visits, 0)`,
    canLack: false,
    walks: (filter, search) => ({
      keyed: byRank("link_rank_visits", sql`r.visits`, filter, search),
      keyless: null,
    }),
  },
  last_visit: {
    key: sql`t.last_visit_at`,
    canLack: true,
    walks: (filter, search) => {
      const key = sql<number>`r.last_visit_at`;
      const walk = byRank("link_rank_last_visit", key, filter, search);
      const keyless = { ...walk, key: null };
      return {
        keyed: { ...walk, within: allOf([walk.within, sql`${key} is not null`]) },
        keyless: { ...keyless, within: allOf([walk.within, sql`${key} is null`]) },
      };
    },
  },
};

function byId(filter: Filter, search: SearchIndex): Walk {
  const wanted = wantedOf(filter);
  const { from, id, isNarrow } = search.narrow(wanted);
  return { table: from, match: null, key: null, id, within: ownedIn("s", filter), isNarrow };
}

function byCode(filter: Filter, search: SearchIndex): Walk {
  return {
    table: sql`link_search as s ${search.inOrderOf("link_search_code")}`,
    match: null,
    key: sql`s.code`,
    id: sql`s.link_id`,
    within: allOf([ownedIn("s", filter), ...filter.beginnings.map(codeBegins)]),
    isNarrow: false,
  };
}

function byExpiry(filter: Filter, search: SearchIndex): Walk {
  const { status, now } = filter;
  const isDue = {
    live: sql<boolean>`s.expires_at > ${now}`,
    expired: sql<boolean>`s.expires_at <= ${now}`,
    disabled: sql<boolean>`s.disabled = 1`,
  };
  return {
    table: sql`link_search as s ${search.inOrderOf("link_search_expiry")}`,
    match: null,
    key: sql`s.expires_at`,
    id: sql`s.link_id`,
    within: allOf([
      sql`s.expires_at is not null`,
      ownedIn("s", filter),
      ...(status === undefined ? [] : [isDue[status]]),
    ]),
    isNarrow: false,
  };
}

function withoutExpiry(filter: Filter, search: SearchIndex): Walk {
  const walk = byId(filter, search);
  return { ...walk, within: allOf([walk.within, sql`s.expires_at is null`]) };
}

function byRank(index: string, key: RawBuilder<number>, filter: Filter, search: SearchIndex): Walk {
  return {
    table: sql`link_rank as r ${search.inOrderOf(index)}`,
    match: sql`s.link_id = r.link_id`,
    key,
    id: sql`r.link_id`,
    within: ownedIn("r", filter),
    isNarrow: false,
  };
}

function ownedIn(table: "r" | "s", { ownerId }: Filter): RawBuilder<boolean> {
  return ownerId === undefined ? sql`1 = 1` : sql`${sql.ref(`${table}.owner_id`)} = ${ownerId}`;
}
