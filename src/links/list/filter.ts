import { type RawBuilder, sql } from "kysely";
import type { SearchIndex, SearchTerms } from "../../database/search-index.ts";
import type { LinkStatus } from "../link.ts";
import type { LinkQuery } from "./list-query.ts";
import { readWords, type Words } from "./search-words.ts";

/** The filter of a list at one moment. */
export interface Filter extends Words, Pick<LinkQuery, "ownerId" | "kind" | "status"> {
  readonly now: number;
}

export function filterOf({ ownerId, kind, status, text = "" }: LinkQuery, now: number): Filter {
  return {
    now,
    ...readWords(text),
    ...(ownerId !== undefined && { ownerId }),
    ...(kind !== undefined && { kind }),
    ...(status !== undefined && { status }),
  };
}

export function searchTermsOf({ ownerId, kind, status, beginnings, words }: Filter): SearchTerms {
  const isDisabled = status === "disabled";
  return { ownerId, kind, isDisabled, isExpired: status === "expired", beginnings, words };
}

/** The test of a row `s` of `link_search` against the filter. */
export function testOf(filter: Filter, search: SearchIndex): RawBuilder<boolean> {
  const { ownerId, kind, status, beginnings, words, now } = filter;
  return allOf([
    ...(ownerId === undefined ? [] : [sql<boolean>`s.owner_id = ${ownerId}`]),
    ...(kind === undefined ? [] : [sql<boolean>`s.kind = ${kind}`]),
    ...(status === undefined ? [] : [hasStatus(status, now)]),
    ...beginnings.map(codeBegins),
    ...words.map((word) => search.contains(word)),
  ]);
}

/** The test whether a row `s` of `link_search` has a status, as `statusOf` returns it. */
export function hasStatus(status: LinkStatus, now: number): RawBuilder<boolean> {
  switch (status) {
    case "disabled":
      return sql`s.disabled = 1`;
    case "expired":
      return sql`s.disabled = 0 and s.expires_at <= ${now}`;
    case "live":
      return sql`s.disabled = 0 and (s.expires_at is null or s.expires_at > ${now})`;
  }
}

/** A range, for which an index of codes can be used; no code contains the last character of Unicode. */
export function codeBegins(beginning: string): RawBuilder<boolean> {
  return sql`s.code >= ${beginning} and s.code < ${`${beginning}\u{10ffff}`}`;
}

export function allOf(tests: readonly RawBuilder<boolean>[]): RawBuilder<boolean> {
  return tests.length === 0 ? sql`1 = 1` : sql.join([...tests], sql` and `);
}
