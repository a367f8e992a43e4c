import { sql } from "kysely";
import { isAscii } from "../../text/fold-text.ts";
import type { Candidates, SearchIndex, SearchTerms } from "../search/search-index.ts";
import { FOLLOWERS, isListed, LIST_MARK } from "../search/short-words.ts";
import { mergedRows, taggedRows } from "../search/tagged-rows.ts";

/*
 * `link_word` (migrations 0002 and 0018) is a trigram index: it lists the links for every three letters in a row. It
 * keeps no positions, so it is small and fast, and its results must still be tested. Filters are trigrams too, which a
 * control character makes unlike any text: owner, kind and words are one intersection of sorted lists. The constants
 * below are in the index: a change needs a migration.
 */

/** Trigrams of one word, and of all words of a search, that make it selective; the rest is left to the test. */
const TRIGRAMS_A_WORD = 5;
const TRIGRAMS = 64;

/** Words of two letters that are looked up, each by some seventy trigrams. */
const SHORT_WORDS = 2;

const MARK = "\u0001";
const DISABLED = `${MARK}d1`;
const EXPIRES = `${MARK}e1`;

/** An owner is one character of a private plane; the test distinguishes owners that share one. */
const OWNERS = 65_533;
const FIRST_OWNER = 0xf0000;

export const sqliteSearch: SearchIndex = {
  candidates,
  tagged: (ids) => ({
    from: sql`${taggedRows(ids)} cross join link_search as s on s.link_id = tagged.link_id`,
    id: sql`tagged.link_id`,
    isSelective: true,
  }),
  taggedAmong,
  contains: (word) => sql`instr(s.text, ${word}) > 0`,
  inOrderOf: (index) => sql`indexed by ${sql.ref(index)}`,
};

function candidates(terms: SearchTerms): Candidates {
  const sets = trigramsOf(terms);
  const id = sql<number>`s.link_id`;
  if (terms.isScheduled)
    return { from: sql`link_search as s indexed by link_search_start`, id, isSelective: true };
  if (terms.isSpent)
    return { from: sql`link_search as s indexed by link_search_spent`, id, isSelective: true };
  if (sets.length === 0) return { from: sql`link_search as s`, id, isSelective: false };
  if (isExpiredAlone(terms)) {
    return { from: sql`link_search as s indexed by link_search_expiry`, id, isSelective: true };
  }
  return {
    from: sql`link_word(${matchOf([...sets, ...ownerTrigrams(terms)])}) as m
      cross join link_search as s on s.link_id = m.rowid`,
    id: sql`m.rowid`,
    isSelective: true,
  };
}

/** Sorted ids of both sides are merged: many times as fast as a look-up for each id of one side. */
function taggedAmong(ids: readonly number[], terms: SearchTerms): Candidates | null {
  const sets = trigramsOf(terms);
  if (sets.length === 0 || terms.isScheduled || terms.isSpent) return null;
  // Tags have an owner, so the owner's trigram would tell no more.
  return {
    from: sql`(${mergedRows(ids)} intersect select rowid from link_word(${matchOf(sets)}) order by 1) as tagged
      cross join link_search as s on s.link_id = tagged.link_id`,
    id: sql`tagged.link_id`,
    isSelective: true,
  };
}

/** The index of expiries holds all that decides it. */
function isExpiredAlone({ isExpired, kind, words }: SearchTerms): boolean {
  return isExpired && kind === undefined && words.length === 0;
}

/** Trigrams of which a matching row has one. */
type AnyOf = readonly string[];

/** Sets of trigrams: a matching row has one of each. */
function trigramsOf({ kind, isDisabled, isExpired, words }: SearchTerms): AnyOf[] {
  const longWords = words.filter((word) => !isShort(word));
  const shortWords = words.filter((word) => isShort(word) && isListed(word));
  return [
    ...(kind === undefined ? [] : [[`${MARK}k${kind.slice(0, 1)}`]]),
    ...(isDisabled ? [[DISABLED]] : []),
    ...(isExpired ? [[EXPIRES]] : []),
    ...longWords.flatMap(wordTrigrams).slice(0, TRIGRAMS),
    ...shortWords.slice(0, SHORT_WORDS).map(shortWordTrigrams),
  ];
}

function isShort(word: string): boolean {
  return [...word].length < 3;
}

function ownerTrigrams({ ownerId }: SearchTerms): AnyOf[] {
  if (ownerId === undefined) return [];
  return [[`${MARK}o${String.fromCodePoint(FIRST_OWNER + (ownerId % OWNERS))}`]];
}

/** Spread evenly, the first and the last letters among them. */
function wordTrigrams(word: string): AnyOf[] {
  const letters = [...word];
  const count = Math.min(TRIGRAMS_A_WORD, Math.ceil(letters.length / 3));
  const step = count === 1 ? 0 : (letters.length - 3) / (count - 1);
  return Array.from({ length: count }, (_, at) => {
    const start = Math.round(at * step);
    return [letters.slice(start, start + 3).join("")];
  });
}

/** The word as it is listed after the text; two ASCII characters also with everything that may follow them there. */
function shortWordTrigrams(word: string): AnyOf {
  if ([...word].length === 1) return [LIST_MARK + word + LIST_MARK];
  const listed = LIST_MARK + word;
  return isAscii(word) ? [listed, ...FOLLOWERS.map((letter) => word + letter)] : [listed];
}

function matchOf(sets: readonly AnyOf[]): string {
  const quoted = sets.map((trigrams) => trigrams.map(quote).join(" OR "));
  return [...new Set(quoted)].map((any) => `(${any})`).join(" AND ");
}

function quote(trigram: string): string {
  return `"${trigram.replaceAll('"', '""')}"`;
}
