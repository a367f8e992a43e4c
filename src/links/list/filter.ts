import { type RawBuilder, sql } from "kysely";
import type { SearchIndex, SearchTerms } from "../../database/search/search-index.ts";
import type { LinkStatus } from "../link.ts";
import { hasTags, type TagFilter } from "../tags/tag-filter.ts";
import type { LinkQuery } from "./list-query.ts";
import { readSearch, type Search } from "./search-words.ts";

/** The filter of a list at one moment. */
export interface Filter extends Search, Pick<LinkQuery, "ownerId" | "kind" | "status"> {
  readonly now: number;
  /** Null: links with any tags or none. */
  readonly tagged: TagFilter | null;
}

export function filterOf(query: LinkQuery, now: number, tagged: TagFilter | null = null): Filter {
  const { ownerId, kind, status, text = "", ownOrigins = [] } = query;
  return {
    now,
    tagged,
    ...readSearch(text, ownOrigins),
    ...(ownerId !== undefined && { ownerId }),
    ...(kind !== undefined && { kind }),
    ...(status !== undefined && { status }),
  };
}

/** Whether all links match, or all of an owner. */
export function isUnfiltered({ kind, status, codes, words, tagged }: Filter): boolean {
  const hasText = codes.length + words.length > 0;
  return kind === undefined && status === undefined && !hasText && tagged === null;
}

export function searchTermsOf({ ownerId, kind, status, codes, words }: Filter): SearchTerms {
  const isDisabled = status === "disabled";
  // A code stands in the text, too.
  const all = [...codes, ...words];
  return {
    ownerId,
    kind,
    isDisabled,
    isExpired: status === "expired",
    isScheduled: status === "scheduled",
    isSpent: status === "limit_reached",
    words: all,
  };
}

/**
 * The test of a row `s` of `link_search` against the filter.
 * @param id the link's id where the rows come from: tags are tested before `s` is read
 * @param tagged the tags that are not known by where the rows come from
 */
export function testOf(
  filter: Filter,
  search: SearchIndex,
  id: RawBuilder<number>,
  tagged: TagFilter | null,
): RawBuilder<boolean> {
  const { ownerId, kind, status, codes, words, now } = filter;
  return allOf([
    ...(ownerId === undefined ? [] : [sql<boolean>`s.owner_id = ${ownerId}`]),
    ...(kind === undefined ? [] : [sql<boolean>`s.kind = ${kind}`]),
    ...(status === undefined ? [] : [hasStatus(status, now)]),
    ...(tagged === null ? [] : hasTags(tagged, id)),
    ...codes.map((code) => opensBy(code, search)),
    ...words.map((word) => search.contains(word)),
  ]);
}

/** The short code, or an alias: each is a line of the text. */
function opensBy(code: string, search: SearchIndex): RawBuilder<boolean> {
  return sql`(s.code = ${code} or ${search.contains(`\n${code}\n`)})`;
}

/** The test whether a row `s` of `link_search` has a status, as `statusOf` returns it. */
export function hasStatus(status: LinkStatus, now: number): RawBuilder<boolean> {
  switch (status) {
    case "disabled":
      return sql`s.disabled = 1`;
    case "expired":
      return sql`s.disabled = 0 and s.expires_at <= ${now}`;
    case "scheduled":
      return sql`${isNotOver(now)} and s.starts_at > ${now}`;
    case "limit_reached":
      return sql`${hasBegun(now)} and s.spent = 1`;
    case "live":
      return sql`${hasBegun(now)} and s.spent = 0`;
  }
}

function hasBegun(now: number): RawBuilder<boolean> {
  return sql`${isNotOver(now)} and (s.starts_at is null or s.starts_at <= ${now})`;
}

function isNotOver(now: number): RawBuilder<boolean> {
  return sql`s.disabled = 0 and (s.expires_at is null or s.expires_at > ${now})`;
}

export function allOf(tests: readonly RawBuilder<boolean>[]): RawBuilder<boolean> {
  return tests.length === 0 ? sql`1 = 1` : sql.join([...tests], sql` and `);
}
