import { type RawBuilder, sql } from "kysely";
import type { Database } from "../../database/database.ts";

/** Ids per step: few enough that other writers do not wait long. */
const STEP = 2000;

/** Updates `link_rank` from `link_total`, step by step; returns the number of changed links. */
export async function refreshRanks(database: Database): Promise<number> {
  const newest = database.scan
    .selectFrom("link_total")
    .select((of) => of.fn.max("link_id").as("id"));
  const last = (await newest.executeTakeFirst())?.id ?? 0;
  let refreshed = 0;
  for (let from = 0; from < last; from += STEP) {
    if (await isBehind(database, from)) refreshed += await refreshStep(database, from);
  }
  return refreshed;
}

async function isBehind(database: Database, from: number): Promise<boolean> {
  const { rows } = await sql`select 1 from link_total as t join link_rank as r
    on r.link_id = t.link_id where ${isStale(from)} limit 1`.execute(database.scan);
  return rows.length > 0;
}

async function refreshStep(database: Database, from: number): Promise<number> {
  return await database.write(async (trx) => {
    const { numAffectedRows } = await sql`update link_rank as r
      set visits = t.visits, last_visit_at = t.last_visit_at
      from link_total as t where t.link_id = r.link_id and ${isStale(from)}`.execute(trx);
    return Number(numAffectedRows ?? 0);
  });
}

function isStale(from: number): RawBuilder<boolean> {
  return sql`t.link_id > ${from} and t.link_id <= ${from + STEP} and t.visits <> r.visits`;
}
