import { type Kysely, sql } from "kysely";
import type { SearchIndex } from "../search-index.ts";

/** Where the extension is missing, or may not be made, words are found by reading every row. */
const createTrigrams = sql`do $$ begin
  create extension if not exists pg_trgm;
  create index link_search_text on link_search using gin (text gin_trgm_ops);
exception when others then
  raise warning 'Trunk8 searches without an index, as pg_trgm is not to be had: %', sqlerrm;
end $$`;

const rankNewLinks = [
  `create function link_rank_insert() returns trigger language plpgsql as $$ begin
    insert into link_rank (link_id, owner_id, visits) values (new.link_id, new.owner_id, 0);
    return null;
  end $$`,
  `create trigger link_rank_insert after insert on link_search
    for each row execute function link_rank_insert()`,
];

export const postgresSearch: SearchIndex = {
  create: async (db: Kysely<unknown>) => {
    await createTrigrams.execute(db);
    for (const statement of rankNewLinks) await sql.raw(statement).execute(db);
  },
  narrow: () => ({ from: sql`link_search as s`, id: sql`s.link_id`, isNarrow: false }),
  contains: (word) => sql`s.text like ${`%${escapePattern(word)}%`}`,
  inOrderOf: () => sql``,
};

function escapePattern(word: string): string {
  return word.replace(/[\\%_]/g, "\\$&");
}
