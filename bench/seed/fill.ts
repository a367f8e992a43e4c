import { Database } from "bun:sqlite";
import { join } from "node:path";
import { searchedText } from "../../src/links/list/search-words.ts";
import type { ShortCode } from "../../src/links/short-code.ts";
import type { Target } from "../../src/links/target/target.ts";

export interface SeededLink {
  readonly shortCode: ShortCode;
  readonly target: Target;
}

/** A redirect after years of use. */
export interface UsedLink extends SeededLink {
  readonly ownerId: number;
  readonly title: string;
  readonly expiresAt: number | null;
  readonly disabled: boolean;
  readonly visits: number;
  readonly lastVisitAt: number | null;
}

export interface FillOptions {
  /** Whether lists find them. If not, only rows of `link` are written, in a fraction of the time. */
  readonly searchable: boolean;
}

/** SQLite's page cache meanwhile, in KiB. */
const CACHE_KIB = 1_000_000;

/**
 * Writes links directly into the database of an unused data folder: the rows that creating and opening
 * them would write, without the fsyncs. Indexes are created afterwards, which takes a tenth of the time.
 */
export function fillLinks(
  dataFolder: string,
  links: Iterable<UsedLink>,
  { searchable }: FillOptions,
): void {
  using database = new Database(join(dataFolder, "trunk8.db"));
  for (const pragma of ["journal_mode = off", "synchronous = off", `cache_size = -${CACHE_KIB}`])
    database.run(`pragma ${pragma}`);
  const putBack = takeDown(database);
  database.transaction(() => {
    const insert = linkWriter(database, searchable);
    for (const link of links) insert(link);
    if (searchable) for (const statement of REBUILDING) database.run(statement);
  })();
  for (const statement of putBack) database.run(statement);
}

/** What the triggers would have written. */
const REBUILDING = [
  "insert into link_word (link_word) values ('rebuild')",
  "insert into link_count select owner_id, kind, count(*) from link_search group by owner_id, kind",
  "insert into link_count select 0, kind, count(*) from link_search group by kind",
];

/** Drops the indexes and triggers of the links' tables; returns the statements that create them again. */
function takeDown(database: Database): string[] {
  const made = database
    .query<{ type: string; name: string; sql: string }, []>(
      `select type, name, sql from sqlite_master where sql is not null and type in ('index', 'trigger')
        and tbl_name in ('link', 'link_search', 'link_rank') order by type, name`,
    )
    .all();
  for (const { type, name } of made) database.run(`drop ${type} "${name}"`);
  return made.map(({ sql }) => sql);
}

function linkWriter(database: Database, searchable: boolean): (link: UsedLink) => void {
  const now = Date.now();
  const link = database.query<{ id: number }, (string | number | null)[]>(
    `insert into link (short_code, owner_id, kind, target, title, note, redirect_status, expires_at, disabled,
      created_at, updated_at) values (?, ?, 'redirect', ?, ?, '', 302, ?, ?, ${now}, ${now}) returning id`,
  );
  const search = database.query(
    `insert into link_search (link_id, owner_id, kind, disabled, expires_at, code, text)
      values (?, ?, 'redirect', ?, ?, ?, ?)`,
  );
  const rank = database.query(
    "insert into link_rank (link_id, owner_id, visits, last_visit_at) values (?, ?, ?, ?)",
  );
  const total = database.query(
    "insert into link_total (link_id, visits, last_visit_at) values (?, ?, ?)",
  );
  return (one) => {
    const { shortCode, ownerId, target, title, expiresAt, visits, lastVisitAt } = one;
    const disabled = one.disabled ? 1 : 0;
    const row = link.get(shortCode, ownerId, target, title, expiresAt, disabled);
    const id = row?.id ?? 0;
    if (lastVisitAt !== null) total.run(id, visits, lastVisitAt);
    if (!searchable) return;
    const texts = { shortCode, target, title, content: null, note: "", aliases: [] };
    const { code, text } = searchedText(texts);
    search.run(id, ownerId, disabled, expiresAt, code, text);
    rank.run(id, ownerId, visits, lastVisitAt);
  };
}
