import type { Database } from "bun:sqlite";

/**
 * The search index is written once for a whole group of transactions: FTS5 writes a segment of its own at every
 * savepoint, which takes more time than all the rest of creating a link. Triggers (migration 0024) note the new and
 * changed rows in `link_word_due`, and these are written before the commit, so no reader sees them missing.
 */
export class DueSearchRows {
  readonly #db: Database;
  #isThere = false;

  constructor(db: Database) {
    this.#db = db;
  }

  /** Writes what is due; the last step of a transaction. */
  write(): void {
    if (!this.#canBeDue() || this.#db.query(ANY).get() === null) return;
    this.#db.query(WRITE).run();
    this.#db.query(FORGET).run();
  }

  /** The table is missing until its migration has run. */
  #canBeDue(): boolean {
    this.#isThere ||= this.#db.query(IS_THERE).get() !== null;
    return this.#isThere;
  }
}

const IS_THERE = "select 1 from sqlite_master where name = 'link_word_due'";
const ANY = "select 1 from link_word_due limit 1";
const WRITE = `insert into link_word (rowid, marks, text)
  select s.link_id, s.marks, s.text from link_word_due as d join link_search as s on s.link_id = d.link_id`;
const FORGET = "delete from link_word_due";
