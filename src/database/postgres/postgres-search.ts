import { type RawBuilder, sql } from "kysely";
import { isAscii } from "../../text/fold-text.ts";
import type { SearchIndex } from "../search/search-index.ts";
import { isListed, LIST_MARK } from "../search/short-words.ts";
import { taggedRows } from "../search/tagged-rows.ts";

export const postgresSearch: SearchIndex = {
  candidates: () => ({ from: sql`link_search as s`, id: sql`s.link_id`, isSelective: false }),
  tagged: (ids) => ({
    from: sql`${taggedRows(ids)} join link_search as s on s.link_id = tagged.link_id`,
    id: sql`tagged.link_id`,
    isSelective: true,
  }),
  taggedAmong: () => null,
  contains,
  inOrderOf: () => sql``,
};

/**
 * Short words are tested so that pg_trgm finds three letters in a row: two letters with any ASCII character after them,
 * all others as they are listed after the text.
 */
function contains(word: string): RawBuilder<boolean> {
  if (/^[a-z0-9]{2}$/.test(word)) return sql`s.text ~ ${`${word}[\\x01-\\x7f]`}`;
  const pattern = escapePattern(isAlwaysListed(word) ? LIST_MARK + word + LIST_MARK : word);
  return sql`s.text like ${`%${pattern}%`}`;
}

/** Whether each text that contains the word lists it, too. */
function isAlwaysListed(word: string): boolean {
  const letters = [...word];
  return letters.length === 1 ? isListed(word) : letters.length === 2 && !isAscii(word);
}

function escapePattern(word: string): string {
  return word.replace(/[\\%_]/g, "\\$&");
}
