import { type Kysely, sql } from "kysely";
import type { Schema } from "../schema.ts";
import { text } from "../text.en.ts";

/** Number of faults to report; a damaged file has thousands. */
const MAX_FAULTS = 20;

/** What SQLite finds wrong with its file; `isDeep` compares each index with its table, too. */
export async function findSqliteDamage(db: Kysely<Schema>, isDeep: boolean): Promise<string[]> {
  const check = sql.raw(isDeep ? "integrity_check" : "quick_check");
  const { rows } = await sql<
    Record<string, string>
  >`pragma ${check}(${sql.lit(MAX_FAULTS)})`.execute(db);
  const said = rows.flatMap((row) => Object.values(row)).filter((line) => line !== "ok");
  return said.length > 0 ? said : await findLostReferences(db);
}

async function findLostReferences(db: Kysely<Schema>): Promise<string[]> {
  const lost = sql<{ table: string; parent: string; rows: number }>`
    select "table", parent, count(*) as rows from pragma_foreign_key_check group by 1, 2`;
  const { rows: found } = await lost.execute(db);
  return found.map(({ table, parent, rows }) => text.damage.lostReferences(rows, table, parent));
}
