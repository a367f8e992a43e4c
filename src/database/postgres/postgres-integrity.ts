import { type Kysely, sql } from "kysely";
import type { Schema } from "../schema.ts";
import { text } from "../text.en.ts";

/** What PostgreSQL knows to be wrong; `isDeep` reads every row, and checks the indexes where amcheck is installed. */
export async function findPostgresDamage(db: Kysely<Schema>, isDeep: boolean): Promise<string[]> {
  const known = [...(await findInvalidIndexes(db)), ...(await findFailedChecksums(db))];
  if (!isDeep) return known;
  await readEveryRow(db);
  await checkIndexes(db);
  return known;
}

async function findInvalidIndexes(db: Kysely<Schema>): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`select c.relname as name
    from pg_index i join pg_class c on c.oid = i.indexrelid
    where not i.indisvalid and c.relnamespace = current_schema()::regnamespace`.execute(db);
  return rows.map(({ name }) => text.damage.invalidIndex(name));
}

async function findFailedChecksums(db: Kysely<Schema>): Promise<string[]> {
  const { rows } = await sql<{ failures: number | null }>`select checksum_failures as failures
    from pg_stat_database where datname = current_database()`.execute(db);
  const failures = rows[0]?.failures ?? 0;
  return failures === 0 ? [] : [text.damage.checksums(failures)];
}

/** @throws whatever PostgreSQL says of a row that it cannot read */
async function readEveryRow(db: Kysely<Schema>): Promise<void> {
  const { rows } = await sql<{ name: string }>`select tablename as name from pg_tables
    where schemaname = current_schema()`.execute(db);
  for (const { name } of rows)
    await sql`select count(t::text) from ${sql.table(name)} as t`.execute(db);
}

/** @throws whatever amcheck says of an index that is broken */
async function checkIndexes(db: Kysely<Schema>): Promise<void> {
  const { rows } = await sql`select 1 from pg_extension where extname = 'amcheck'`.execute(db);
  if (rows.length === 0) return;
  await sql`select bt_index_check(c.oid, true) from pg_class c join pg_am a on a.oid = c.relam
    where c.relkind = 'i' and a.amname = 'btree'
    and c.relnamespace = current_schema()::regnamespace`.execute(db);
}
