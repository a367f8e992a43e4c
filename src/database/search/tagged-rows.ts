import { type RawBuilder, sql } from "kysely";

/** The ids of links that have one of these tags, each once, as the table `tagged`. */
export function taggedRows(ids: readonly number[]): RawBuilder<unknown> {
  if (ids.length === 0) return sql`(select link_id from link_tag where 1 = 0) as tagged`;
  if (ids.length === 1)
    return sql`(select link_id from link_tag where tag_id = ${ids[0]}) as tagged`;
  return sql`(select distinct link_id from link_tag where tag_id in (${sql.join(ids)})) as tagged`;
}
