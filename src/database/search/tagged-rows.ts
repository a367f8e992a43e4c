import { type RawBuilder, sql } from "kysely";

/** The ids of links that have one of these tags, each once, as the table `tagged`. */
export function taggedRows(ids: readonly number[]): RawBuilder<unknown> {
  if (ids.length === 0) return sql`(select link_id from link_tag where 1 = 0) as tagged`;
  if (ids.length === 1)
    return sql`(select link_id from link_tag where tag_id = ${ids[0]}) as tagged`;
  return sql`(select distinct link_id from link_tag where tag_id in (${sql.join(ids)})) as tagged`;
}

/** Tags whose sorted links are merged: a query has so many parts at most. */
const MERGED = 20;

/** The same as a part of a compound query. Of a few tags, their links are merged in the order of their ids. */
export function mergedRows(ids: readonly number[]): RawBuilder<unknown> {
  if (ids.length === 0 || ids.length > MERGED)
    return sql`select link_id from link_tag where tag_id in (${sql.join(ids)})`;
  return sql.join(
    ids.map((id) => sql`select link_id from link_tag where tag_id = ${id}`),
    sql` union `,
  );
}
