import { type Kysely, sql } from "kysely";
import type { SearchIndex } from "../search.ts";

/** Where the extension is missing, or may not be made, words are found by reading every row. */
const createTrigrams = sql`do $$ begin
  create extension if not exists pg_trgm;
  create index link_search_text on link_search using gin (text gin_trgm_ops);
exception when others then
  raise warning 'Trunk8 searches without an index, as pg_trgm is not to be had: %', sqlerrm;
end $$`;

export const postgresSearch: SearchIndex = {
  create: async (db: Kysely<unknown>) => {
    await createTrigrams.execute(db);
  },
  narrow: () => ({ from: sql`link_search as s`, id: sql`s.link_id`, isNarrow: false }),
  contains: (word) => sql`s.text like ${`%${escapePattern(word)}%`}`,
  inOrderOf: () => sql``,
};

function escapePattern(word: string): string {
  return word.replace(/[\\%_]/g, "\\$&");
}
