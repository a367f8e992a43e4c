import { type Kysely, sql } from "kysely";
import type { Dialect } from "../dialect.ts";
import { foldText } from "../search-index.ts";

/** Links that are taken over at a time. */
const BATCH = 1000;

/** What lists need to find links, and to put a million of them in order, quickly. */
export async function createListTables(db: Kysely<unknown>, dialect: Dialect): Promise<void> {
  await createSearch(db, dialect);
  await createRanks(db, dialect);
  await dialect.search.create(db);
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
