import { sql } from "kysely";
import type { SearchIndex } from "../search-index.ts";

export const postgresSearch: SearchIndex = {
  candidates: () => ({ from: sql`link_search as s`, id: sql`s.link_id`, isSelective: false }),
  contains: (word) => sql`s.text like ${`%${escapePattern(word)}%`}`,
  inOrderOf: () => sql``,
};

function escapePattern(word: string): string {
  return word.replace(/[\\%_]/g, "\\$&");
}
