import { type Kysely, sql } from "kysely";
import type { Dialect } from "../../dialect.ts";

/** Number of links per statement. */
const BATCH = 1000;

/** Migration 0002: tables and indexes to search and sort a million links quickly. */
export async function createListTables(db: Kysely<unknown>, dialect: Dialect): Promise<void> {
  await createSearch(db, dialect);
  await createRanks(db, dialect);
  await (dialect.kind === "sqlite" ? createSqliteIndex(db) : createPostgresIndex(db));
  await fillSearch(db);
  await sql`update link_rank as r set visits = t.visits, last_visit_at = t.last_visit_at
    from link_total as t where t.link_id = r.link_id`.execute(db);
}

async function createSearch(db: Kysely<unknown>, { types }: Dialect): Promise<void> {
  await db.schema
    .createTable("link_search")
    .addColumn("link_id", types.whole, (column) =>
      column.primaryKey().references("link.id").onDelete("cascade"),
    )
    .addColumn("owner_id", types.whole, (column) => column.notNull())
    .addColumn("kind", "text", (column) => column.notNull())
    .addColumn("disabled", "integer", (column) => column.notNull())
    .addColumn("expires_at", types.whole)
    .addColumn("code", types.exactText, (column) => column.notNull())
    .addColumn("text", types.exactText, (column) => column.notNull())
    .execute();
  const onSearch = (name: string) => db.schema.createIndex(name).on("link_search");
  await onSearch("link_search_owner").columns(["owner_id", "link_id"]).execute();
  await onSearch("link_search_code").columns(["code", "link_id", "owner_id"]).execute();
  await onSearch("link_search_expiry")
    .columns(["expires_at", "link_id", "owner_id", "disabled"])
    .where(sql.ref("expires_at"), "is not", null)
    .execute();
  await onSearch("link_search_disabled")
    .columns(["owner_id", "link_id"])
    .where(sql.ref("disabled"), "=", sql.lit(1))
    .execute();
}

async function createRanks(db: Kysely<unknown>, { types }: Dialect): Promise<void> {
  await db.schema
    .createTable("link_rank")
    .addColumn("link_id", types.whole, (column) =>
      column.primaryKey().references("link.id").onDelete("cascade"),
    )
    .addColumn("owner_id", types.whole, (column) => column.notNull())
    .addColumn("visits", types.whole, (column) => column.notNull())
    .addColumn("last_visit_at", types.whole)
    .execute();
  const onRank = (name: string) => db.schema.createIndex(name).on("link_rank");
  await onRank("link_rank_visits").columns(["visits", "link_id", "owner_id"]).execute();
  await onRank("link_rank_last_visit").columns(["last_visit_at", "link_id", "owner_id"]).execute();
}

/** Filters as trigrams, unlike any text because of a control character; see sqlite/sqlite-search.ts. */
const marks = `char(1) || 'o' || char(983040 + owner_id % 65533)
  || char(1) || 'k' || substr(kind, 1, 1)
  || case when disabled = 1 then char(1) || 'd1' else '' end
  || case when expires_at is null then '' else char(1) || 'e1' end
  || char(1) || char(2) || substr(code, 1, 2)`;

const sqliteStatements = [
  `alter table link_search add column marks text generated always as (${marks}) virtual`,
  `create virtual table link_word using fts5(marks, text, content='link_search', content_rowid='link_id',
    tokenize='trigram case_sensitive 1', detail=none, columnsize=0)`,
  `create trigger link_word_insert after insert on link_search begin
    insert into link_word (rowid, marks, text) values (new.link_id, new.marks, new.text);
  end`,
  `create trigger link_word_delete after delete on link_search begin
    insert into link_word (link_word, rowid, marks, text)
      values ('delete', old.link_id, old.marks, old.text);
  end`,
  `create trigger link_word_update after update on link_search
    when old.marks <> new.marks or old.text <> new.text begin
    insert into link_word (link_word, rowid, marks, text)
      values ('delete', old.link_id, old.marks, old.text);
    insert into link_word (rowid, marks, text) values (new.link_id, new.marks, new.text);
  end`,
  `create trigger link_rank_insert after insert on link_search begin
    insert into link_rank (link_id, owner_id, visits) values (new.link_id, new.owner_id, 0);
  end`,
];

async function createSqliteIndex(db: Kysely<unknown>): Promise<void> {
  for (const statement of sqliteStatements) await sql.raw(statement).execute(db);
}

/** Without the extension, or the permission to create it, words are found by reading every row. */
const createTrigrams = sql`do $$ begin
  create extension if not exists pg_trgm;
  create index link_search_text on link_search using gin (text gin_trgm_ops);
exception when others then
  raise warning 'Trunk8 searches without an index, as pg_trgm is not to be had: %', sqlerrm;
end $$`;

const postgresStatements = [
  `create function link_rank_insert() returns trigger language plpgsql as $$ begin
    insert into link_rank (link_id, owner_id, visits) values (new.link_id, new.owner_id, 0);
    return null;
  end $$`,
  `create trigger link_rank_insert after insert on link_search
    for each row execute function link_rank_insert()`,
];

async function createPostgresIndex(db: Kysely<unknown>): Promise<void> {
  await createTrigrams.execute(db);
  for (const statement of postgresStatements) await sql.raw(statement).execute(db);
}

interface OldLink {
  id: number;
  owner_id: number;
  kind: string;
  disabled: number;
  expires_at: number | null;
  short_code: string;
  target: string;
  title: string;
}

async function fillSearch(db: Kysely<unknown>): Promise<void> {
  let last = 0;
  for (;;) {
    const { rows } = await sql<OldLink>`select id, owner_id, kind, disabled, expires_at, short_code,
      target, title from link where id > ${last} order by id limit ${BATCH}`.execute(db);
    if (rows.length === 0) return;
    await sql`insert into link_search (link_id, owner_id, kind, disabled, expires_at, code, text)
      values ${sql.join(rows.map(searchValues))}`.execute(db);
    last = rows.at(-1)?.id ?? last;
  }
}

function searchValues(link: OldLink) {
  const text = foldText([link.short_code, link.target, link.title].join("\n"));
  const { id, owner_id, kind, disabled, expires_at, short_code } = link;
  return sql`(${id}, ${owner_id}, ${kind}, ${disabled}, ${expires_at}, ${foldText(short_code)}, ${text})`;
}

/** As search folded text when this migration was written: it stays as it is when search changes. */
function foldText(text: string): string {
  return text.normalize("NFC").toLowerCase();
}
