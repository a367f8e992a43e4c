import { type Kysely, sql } from "kysely";
import type { Dialect } from "../../dialect.ts";

/** Number of links per statement. */
const BATCH = 1000;

/**
 * Migration 0018: search folds accents, ligatures and width, looks into notes, and finds words of one and two letters.
 * Rows are rewritten without their index, which is built afterwards, in a fraction of the time.
 */
export async function foldSearchText(db: Kysely<unknown>, { kind }: Dialect): Promise<void> {
  const { takeDown, putBack } = indexes[kind];
  for (const statement of takeDown) await sql.raw(statement).execute(db);
  await rewriteRows(db, kind);
  for (const statement of putBack) await sql.raw(statement).execute(db);
}

/** Filters as trigrams, unlike any text because of a control character; see sqlite/sqlite-search.ts. */
const marks = `char(1) || 'o' || char(983040 + owner_id % 65533)
  || char(1) || 'k' || substr(kind, 1, 1)
  || case when disabled = 1 then char(1) || 'd1' else '' end
  || case when expires_at is null then '' else char(1) || 'e1' end`;

const indexes = {
  sqlite: {
    takeDown: [
      "drop trigger link_word_insert",
      "drop trigger link_word_delete",
      "drop trigger link_word_update",
      "drop table link_word",
      "alter table link_search drop column marks",
    ],
    putBack: [
      `alter table link_search add column marks text generated always as (${marks}) virtual`,
      `create virtual table link_word using fts5(marks, text, content='link_search', content_rowid='link_id',
        tokenize='trigram case_sensitive 1', detail=none, columnsize=0)`,
      "insert into link_word (link_word) values ('rebuild')",
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
    ],
  },
  postgres: {
    takeDown: ["drop index if exists link_search_text"],
    // Without the extension, words are found by reading every row; migration 0002 has said so.
    putBack: [
      `do $$ begin
        create index link_search_text on link_search using gin (text gin_trgm_ops);
      exception when others then
        raise warning 'Trunk8 searches without an index, as pg_trgm is not to be had: %', sqlerrm;
      end $$`,
    ],
  },
} as const;

interface OldLink {
  id: number;
  short_code: string;
  /** The destination, or the name of the file. */
  content: string;
  title: string;
  note: string;
}

async function rewriteRows(db: Kysely<unknown>, kind: Dialect["kind"]): Promise<void> {
  let last = 0;
  for (;;) {
    const { rows } = await sql<OldLink>`select id, short_code,
      case when blob_id is null then target else file_name end as content, title, note
      from link where id > ${last} order by id limit ${BATCH}`.execute(db);
    if (rows.length === 0) return;
    const values = sql.join(rows.map((row) => searchValues(row, kind)));
    await sql`with new_row (id, code, text) as (values ${values})
      update link_search set code = new_row.code, text = new_row.text
      from new_row where link_search.link_id = new_row.id`.execute(db);
    last = rows.at(-1)?.id ?? last;
  }
}

function searchValues({ id, short_code, content, title, note }: OldLink, kind: Dialect["kind"]) {
  const lines = [short_code, content, title, ...(note === "" ? [] : [note])];
  const code = foldText(short_code);
  const text = withShortWords(foldText(lines.join("\n")));
  if (kind === "sqlite") return sql`(${id}, ${code}, ${text})`;
  return sql`(cast(${id} as bigint), cast(${code} as text), cast(${text} as text))`;
}

/* As search folded text and listed short words when this migration was written: it stays as it is when they change. */

const ACCENTS =
  /[[\p{Mn}&&[\p{Script=Inherited}\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Cyrillic}]]--[\u3099\u309a]]/gv;
const INVISIBLE = /\p{Default_Ignorable_Code_Point}/gu;
const LETTERS: Readonly<Record<string, string>> = {
  "\u00df": "ss",
  "\u00e6": "ae",
  "\u0153": "oe",
  "\u00f8": "o",
  "\u0142": "l",
  "\u0111": "d",
  "\u00f0": "d",
  "\u0127": "h",
  "\u0131": "i",
  "\u0167": "t",
  "\u00fe": "th",
  "\u014b": "n",
  "\u03c2": "\u03c3",
};
const UNDECOMPOSED = new RegExp(`[${Object.keys(LETTERS).join("")}]`, "g");
const BEYOND_ASCII = /[\u0080-\u{10ffff}]/u;

function foldText(text: string): string {
  if (!BEYOND_ASCII.test(text)) return text.toLowerCase();
  return text
    .normalize("NFKD")
    .replace(ACCENTS, "")
    .replace(INVISIBLE, "")
    .toLowerCase()
    .replace(UNDECOMPOSED, (letter) => LETTERS[letter] ?? letter)
    .normalize("NFC");
}

const LIST_MARK = "\u0003";
const PLAIN = /^[\t\n -~]*$/;
const FOLLOWER = /^[\t\n -@[-~]$/;
const SEPARATOR = /[\s\p{Cc}]/u;

function withShortWords(text: string): string {
  const listed = PLAIN.test(text)
    ? new Set(text.match(/[^a-z0-9:/.\s]/g))
    : listedIn([...`${text}\n`]);
  if (listed.size === 0) return `${text}\n`;
  return `${text}\n${LIST_MARK}${[...listed].join(LIST_MARK)}${LIST_MARK}`;
}

function listedIn(letters: readonly string[]): ReadonlySet<string> {
  const listed = new Set<string>();
  for (const [at, letter] of letters.entries()) {
    const [next = "\n", afterNext = "\n"] = letters.slice(at + 1, at + 3);
    if (SEPARATOR.test(letter)) continue;
    if (!/^[a-z0-9:/.]$/.test(letter)) listed.add(letter);
    if (SEPARATOR.test(next)) continue;
    if (BEYOND_ASCII.test(letter + next) || !FOLLOWER.test(afterNext)) listed.add(letter + next);
  }
  return listed;
}
