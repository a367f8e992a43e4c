import type { Kysely } from "kysely";

/**
 * Migration 0025: single visits without an index by link. Each visit put an entry on another page of it, which took
 * four fifths of the time of saving; `link_quarter` says in which quarter hours a link has visits, and their ids begin
 * with the quarter hour.
 */
export async function keepVisitsByTime(db: Kysely<unknown>): Promise<void> {
  await db.schema.dropIndex("visit_link").execute();
}
