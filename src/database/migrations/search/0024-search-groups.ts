import { type Kysely, sql } from "kysely";
import type { Dialect } from "../../dialect.ts";

const statements = [
  "create table link_word_due (link_id integer primary key)",
  "drop trigger link_word_insert",
  "drop trigger link_word_delete",
  "drop trigger link_word_update",
  `create trigger link_word_insert after insert on link_search begin
    insert into link_word_due (link_id) values (new.link_id);
  end`,
  `create trigger link_word_delete after delete on link_search begin
    insert into link_word (link_word, rowid, marks, text)
      select 'delete', old.link_id, old.marks, old.text
      where not exists (select 1 from link_word_due where link_id = old.link_id);
    delete from link_word_due where link_id = old.link_id;
  end`,
  `create trigger link_word_update after update on link_search
    when old.marks <> new.marks or old.text <> new.text begin
    insert into link_word (link_word, rowid, marks, text)
      select 'delete', old.link_id, old.marks, old.text
      where not exists (select 1 from link_word_due where link_id = old.link_id);
    insert into link_word_due (link_id)
      select new.link_id where not exists (select 1 from link_word_due where link_id = new.link_id);
  end`,
];

/** Migration 0024: SQLite writes its search index once for a group of transactions; see sqlite/due-search-rows.ts. */
export async function groupSearchRows(db: Kysely<unknown>, { kind }: Dialect): Promise<void> {
  if (kind !== "sqlite") return;
  for (const statement of statements) await sql.raw(statement).execute(db);
}
