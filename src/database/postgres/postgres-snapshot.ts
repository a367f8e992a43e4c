import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type Kysely, sql } from "kysely";
import { Problem } from "../../problem.ts";
import { MOVE_TABLE } from "../move/move-mark.ts";
import type { Schema } from "../schema.ts";
import { IN_USE, type Snapshot, type SnapshotBlob } from "../snapshots/snapshot.ts";
import { text } from "../text.en.ts";

type Db = Kysely<Schema>;

const ENDING = ".jsonl";

/** Rows that are fetched and written at a time. */
const PAGE = 1000;

/** Tables that say which migrations have run: they must be the same on the other side. */
const MIGRATIONS = "kysely_migration";
/** Not in a snapshot; what clients have used of rate limits is forgotten within minutes, and the keys of visitors are to be
 * forgotten when their day is over. */
const OWN_TABLES: ReadonlySet<string> = new Set([
  MIGRATIONS,
  "kysely_migration_lock",
  "rate_limit",
  "visitor_key",
  MOVE_TABLE,
]);

/** Writes every table into `folder` as JSON, a line for each row, all as of one moment. */
export async function takeSnapshot(db: Db, folder: string): Promise<Snapshot> {
  const tables = await db
    .transaction()
    .setIsolationLevel("repeatable read")
    .setAccessMode("read only")
    .execute(async (trx) => {
      const names = [...(await tablesInOrder(trx)), MIGRATIONS];
      for (const name of names) await dump(trx, name, join(folder, name + ENDING));
      return names;
    });
  return {
    files: tables.map((name) => name + ENDING),
    blobs: () => blobsIn(join(folder, `blob${ENDING}`)),
  };
}

/**
 * Puts the rows of a snapshot in the place of all that are there, in one transaction.
 * @throws Problem `invalid` where the snapshot is of another schema
 */
export async function loadSnapshot(db: Db, folder: string): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await requireSameSchema(trx, join(folder, MIGRATIONS + ENDING));
    const tables = await tablesInOrder(trx);
    const all = sql.join(tables.map((name) => sql.table(name)));
    await sql`truncate ${all} cascade`.execute(trx);
    for (const name of tables) await load(trx, name, join(folder, name + ENDING));
    // The nodes that serve it from now on may have another secret key.
    await trx.updateTable("site").set({ key_mark: null }).execute();
  });
}

/** A table comes after those that its rows refer to. */
async function tablesInOrder(db: Db): Promise<string[]> {
  const all = await db.introspection.getTables({ withInternalKyselyTables: false });
  const waiting = new Set(all.map(({ name }) => name).filter((name) => !OWN_TABLES.has(name)));
  const references = await referencesIn(db);
  const order: string[] = [];
  while (waiting.size > 0) {
    const ready = [...waiting].filter((name) =>
      references.every(({ from, to }) => from !== name || to === name || !waiting.has(to)),
    );
    if (ready.length === 0) throw new Error("Tables refer to each other in a circle.");
    for (const name of ready.sort()) {
      order.push(name);
      waiting.delete(name);
    }
  }
  return order;
}

async function referencesIn(db: Db): Promise<{ from: string; to: string }[]> {
  const { rows } = await sql<{ from: string; to: string }>`select
    f.relname as from, t.relname as to from pg_constraint as c
    join pg_class as f on f.oid = c.conrelid join pg_class as t on t.oid = c.confrelid
    where c.contype = 'f'`.execute(db);
  return rows;
}

async function dump(trx: Db, name: string, path: string): Promise<void> {
  await using file = await open(path, "wx", 0o600);
  await sql`declare dumped no scroll cursor for select to_json(t)::text as line
    from ${sql.table(name)} as t`.execute(trx);
  for (;;) {
    const { rows } = await sql<{ line: string }>`fetch ${sql.lit(PAGE)} from dumped`.execute(trx);
    if (rows.length === 0) break;
    await file.appendFile(rows.map(({ line }) => `${line}\n`).join(""));
  }
  await sql`close dumped`.execute(trx);
}

/** Triggers of ours have run already where the rows come from. */
async function load(trx: Db, name: string, path: string): Promise<void> {
  const table = sql.table(name);
  await sql`alter table ${table} disable trigger user`.execute(trx);
  for await (const lines of pagesOf(path)) {
    const rows = `[${lines.join(",")}]`;
    await sql`insert into ${table} overriding system value
      select * from json_populate_recordset(null::${table}, ${rows}::json)`.execute(trx);
  }
  await sql`alter table ${table} enable trigger user`.execute(trx);
  await setNextId(trx, name);
}

async function setNextId(trx: Db, name: string): Promise<void> {
  const { rows } = await sql<{ column: string }>`select column_name as column
    from information_schema.columns where table_schema = current_schema()
    and table_name = ${name} and is_identity = 'YES'`.execute(trx);
  for (const { column } of rows) {
    const id = sql.ref(column);
    await sql`select setval(pg_get_serial_sequence(${`"${name}"`}, ${column}), max(${id}))
      from ${sql.table(name)} having max(${id}) is not null`.execute(trx);
  }
}

async function requireSameSchema(trx: Db, path: string): Promise<void> {
  const theirs: string[] = [];
  for await (const lines of pagesOf(path)) {
    for (const line of lines) theirs.push((JSON.parse(line) as { name: string }).name);
  }
  const { rows } = await sql<{ name: string }>`select name from ${sql.table(MIGRATIONS)}`.execute(
    trx,
  );
  const ours = rows.map(({ name }) => name);
  if (ours.sort().join() === theirs.sort().join()) return;
  throw new Problem("invalid", text.otherVersion);
}

async function* blobsIn(path: string): AsyncGenerator<readonly SnapshotBlob[]> {
  for await (const lines of pagesOf(path)) {
    const rows = lines.map((line) => JSON.parse(line) as SnapshotBlob & { state: string });
    yield rows.filter(({ state }) => IN_USE.includes(state));
  }
}

async function* pagesOf(path: string): AsyncGenerator<string[]> {
  let lines: string[] = [];
  for await (const line of createInterface({ input: createReadStream(path) })) {
    lines.push(line);
    if (lines.length < PAGE) continue;
    yield lines;
    lines = [];
  }
  if (lines.length > 0) yield lines;
}
