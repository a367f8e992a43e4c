import { sql } from "kysely";
import type { Candidates, SearchIndex, SearchTerms } from "../search-index.ts";

/*
 * `link_word` (migration 0002) is a trigram index: it lists the links for every three letters in a row. It keeps no
 * positions, so it is small and fast, and its results must still be tested. Filters are trigrams too, which a control
 * character makes unlike any text: owner, kind and words are one intersection of sorted lists. The constants below are
 * in the index: a change needs a migration.
 */

/** Trigrams of one word, and of all words of a search, that make it selective; the rest is left to the test. */
const TRIGRAMS_A_WORD = 5;
const TRIGRAMS = 64;

const MARK = "\u0001";
const START = "\u0002";
const DISABLED = `${MARK}d1`;
const EXPIRES = `${MARK}e1`;

/** An owner is one character of a private plane; the test distinguishes owners that share one. */
const OWNERS = 65_533;
const FIRST_OWNER = 0xf0000;

export const sqliteSearch: SearchIndex = {
  candidates,
  contains: (word) => sql`instr(s.text, ${word}) > 0`,
  inOrderOf: (index) => sql`indexed by ${sql.ref(index)}`,
};

function candidates(terms: SearchTerms): Candidates {
  const trigrams = trigramsOf(terms);
  const id = sql<number>`s.link_id`;
  if (trigrams.length === 0) return { from: sql`link_search as s`, id, isSelective: false };
  if (isExpiredAlone(terms)) {
    return { from: sql`link_search as s indexed by link_search_expiry`, id, isSelective: true };
  }
  return {
    from: sql`link_word(${matchOf([...trigrams, ...ownerTrigrams(terms)])}) as m
      cross join link_search as s on s.link_id = m.rowid`,
    id: sql`m.rowid`,
    isSelective: true,
  };
}

/** The index of expiries holds all that decides it. */
function isExpiredAlone({ isExpired, kind, beginnings, words }: SearchTerms): boolean {
  return isExpired && kind === undefined && beginnings.length + words.length === 0;
}

function trigramsOf({ kind, isDisabled, isExpired, beginnings, words }: SearchTerms): string[] {
  return [
    ...(kind === undefined ? [] : [`${MARK}k${kind.slice(0, 1)}`]),
    ...(isDisabled ? [DISABLED] : []),
    ...(isExpired ? [EXPIRES] : []),
    ...beginnings.map(beginningTrigram),
    ...words.flatMap(wordTrigrams).slice(0, TRIGRAMS),
  ];
}

function ownerTrigrams({ ownerId }: SearchTerms): string[] {
  if (ownerId === undefined) return [];
  return [`${MARK}o${String.fromCodePoint(FIRST_OWNER + (ownerId % OWNERS))}`];
}

function beginningTrigram(beginning: string): string {
  return [...beginning].length === 1 ? MARK + START + beginning : START + beginning;
}

/** Spread evenly, the first and the last letters among them. */
function wordTrigrams(word: string): string[] {
  const letters = [...word];
  const count = Math.min(TRIGRAMS_A_WORD, Math.ceil(letters.length / 3));
  const step = count === 1 ? 0 : (letters.length - 3) / (count - 1);
  return Array.from({ length: count }, (_, at) => {
    const start = Math.round(at * step);
    return letters.slice(start, start + 3).join("");
  });
}

function matchOf(trigrams: readonly string[]): string {
  return [...new Set(trigrams)]
    .map((trigram) => `"${trigram.replaceAll('"', '""')}"`)
    .join(" AND ");
}
