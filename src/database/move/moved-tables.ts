import type { Schema } from "../schema.ts";

/** What a move does with the rows of a table. */
type Rule =
  /** They are copied as they are. */
  | "copy"
  /** They are copied to a database that nodes share; the file has them elsewhere: see `MoveOrder.switchTo`. */
  | "copy-to-shared"
  /** They are of running processes, which write their own: they may change meanwhile. */
  | "leave";

/**
 * Every table, after those that its rows refer to. What only SQLite has, the search index `link_word` and the sums
 * `link_count`, is written from the rows of `link_search`.
 */
export const movedTables: Readonly<Record<keyof Schema, Rule>> = {
  site: "copy",
  setting: "copy-to-shared",
  user: "copy",
  session: "copy",
  api_key: "copy",
  blob: "copy",
  blob_usage: "copy",
  upload: "copy",
  removed_metadata: "copy",
  link: "copy",
  link_alias: "copy",
  link_version: "copy",
  link_file: "copy",
  link_total: "copy",
  link_search: "copy",
  link_rank: "copy",
  tag: "copy",
  link_tag: "copy",
  declaration: "copy",
  sent_form: "copy",
  sent_request: "copy",
  visit_value: "copy",
  visit: "copy",
  visit_series: "copy",
  link_quarter: "copy",
  owner_quarter: "copy",
  link_day: "copy",
  owner_day: "copy",
  link_unique: "copy",
  owner_unique: "copy",
  visit_journal: "copy",
  audit_event: "copy",
  lease: "copy",
  restore: "copy",
  node: "leave",
  rate_limit: "leave",
  visitor_key: "leave",
};

/** The tables that no process changes during a move. */
export const tableNames: readonly string[] = Object.entries(movedTables)
  .filter(([, rule]) => rule !== "leave")
  .map(([name]) => name);

/** Columns that a database computes by itself, and that only one kind has. */
export const computedColumns: ReadonlySet<string> = new Set(["link_search.marks"]);

/** The tables whose rows are copied, in order. */
export function tablesFor(target: "sqlite" | "postgres"): readonly string[] {
  return Object.entries(movedTables)
    .filter(([, rule]) => rule === "copy" || (rule === "copy-to-shared" && target === "postgres"))
    .map(([name]) => name);
}
