import { type Kysely, sql } from "kysely";
import { Problem } from "../../problem.ts";
import type { Dialect } from "../dialect.ts";
import { MOVE_FAILURE } from "./move-failure.ts";
import { text } from "./text.en.ts";

/*
 * A database that takes part in a move has a table with one row, its mark:
 *
 *     moving    the source: triggers refuse every change of its tables, reads go on
 *     moved     the source, once the copy is complete: a start is refused, too
 *     arriving  the target, while it is filled: a start is refused
 *     arrived   the target, whole and compared: it can be read, and triggers refuse changes
 *
 * No migration makes the table, since no database has it but during a move, and a source afterwards. The mark and the
 * triggers come and go in one transaction. Those of the target go last, when no process has the source open any more:
 * until then both hold the same, so that no process answers with what another has changed since.
 */

export type MoveState = "moving" | "moved" | "arriving" | "arrived";

export interface MoveMark {
  /** Of the move: the same in both databases. */
  readonly id: string;
  readonly state: MoveState;
  /** The other database, for people: without a password. */
  readonly other: string;
  /** The node of the command, by its name. */
  readonly host: string;
  /** The id of the site; "" if it has none. */
  readonly site: string;
  /** Tables of the target that are complete. */
  readonly done: readonly string[];
}

type Kind = Dialect["kind"];

/** Statements of one connection or transaction, which say the same to both kinds of database. */
export interface Statements {
  readonly kind: Kind;
  all(statement: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
}

export const MOVE_TABLE = "database_move";

function presence(kind: Kind, table: string): string {
  return kind === "sqlite"
    ? `select name from sqlite_master where type = 'table' and name = '${table}'`
    : `select relname from pg_class where oid = to_regclass('${table}')`;
}

export async function readMark(statements: Statements): Promise<MoveMark | null> {
  if ((await statements.all(presence(statements.kind, MOVE_TABLE))).length === 0) return null;
  const [row] = await statements.all(
    `select id, state, other, host, site, done from ${MOVE_TABLE}`,
  );
  if (row === undefined) return null;
  return { ...row, done: JSON.parse(String(row.done)) } as unknown as MoveMark;
}

/** Statements that leave `mark` as the only one. */
export function markWith({ id, state, other, host, site, done }: MoveMark): string[] {
  const values = [id, state, other, host, site, JSON.stringify(done)].map(quote);
  const columns = ["id", "state", "other", "host", "site", "done"];
  return [
    `create table if not exists ${MOVE_TABLE} (one integer primary key,
      ${columns.map((name) => `${name} text not null`).join(", ")})`,
    `delete from ${MOVE_TABLE}`,
    `insert into ${MOVE_TABLE} (one, ${columns.join(", ")}) values (1, ${values.join(", ")})`,
  ];
}

/** Statements that let triggers refuse every change of these tables. */
export function freeze(kind: Kind, tables: readonly string[]): string[] {
  if (kind === "sqlite") return tables.flatMap(freezeOnSqlite);
  return [
    `create or replace function ${MOVE_TABLE}_refuse() returns trigger language plpgsql as $$ begin
      raise exception '${MOVE_FAILURE.message}' using errcode = '${MOVE_FAILURE.sqlState}'; end $$`,
    ...tables.map(
      (table) => `create trigger ${MOVE_TABLE} before insert or update or delete or truncate
        on ${identifier(table)} for each statement execute function ${MOVE_TABLE}_refuse()`,
    ),
  ];
}

function freezeOnSqlite(table: string): string[] {
  return CHANGES.map(
    (change) => `create trigger ${MOVE_TABLE}_${table}_${change} before ${change}
      on ${identifier(table)} begin select raise(abort, '${MOVE_FAILURE.message}'); end`,
  );
}

/** Statements that remove the mark, and the triggers if there are any. */
export function unmark(kind: Kind, tables: readonly string[]): string[] {
  const drops =
    kind === "sqlite"
      ? tables.flatMap((table) =>
          CHANGES.map((change) => `drop trigger if exists ${MOVE_TABLE}_${table}_${change}`),
        )
      : [
          // Reads would wait behind it for as long as it waits for others.
          "set local lock_timeout = 300",
          `drop function if exists ${MOVE_TABLE}_refuse() cascade`,
        ];
  return [...drops, `drop table if exists ${MOVE_TABLE}`];
}

const CHANGES = ["insert", "update", "delete"] as const;

/** Holds the statements that make again what is not there while the target is filled: rows are written faster then. */
const PARTS_TABLE = "database_move_part";

export interface Part {
  /** What removes it: `index link_owner`. */
  readonly drop: string;
  /** What makes it again. */
  readonly definition: string;
}

/** Statements that take parts down. Those of an earlier attempt are noted already. */
export function takeDown(parts: readonly Part[]): string[] {
  return [
    `create table if not exists ${PARTS_TABLE} (definition text primary key)`,
    ...parts.flatMap(({ drop, definition }) => [
      `insert into ${PARTS_TABLE} (definition) values (${quote(definition)})`,
      `drop ${drop}`,
    ]),
  ];
}

/** Statements that put back what was taken down; none if that was done. */
export async function putBack(
  { kind, all }: Statements,
  between: readonly string[],
): Promise<string[]> {
  if ((await all(presence(kind, PARTS_TABLE))).length === 0) return [];
  const rows = await all(`select definition from ${PARTS_TABLE}`);
  const definitions = rows.map(({ definition }) => String(definition)).sort();
  // Triggers come last, so that they do not see the rows that are written between.
  const isTrigger = (definition: string) => /^create trigger/i.test(definition);
  return [
    ...definitions.filter((definition) => !isTrigger(definition)),
    ...between,
    ...definitions.filter(isTrigger),
    `drop table ${PARTS_TABLE}`,
  ];
}

/** Statements over a connection of Kysely, or in a transaction of it. */
export function statementsOf<Tables>(db: Kysely<Tables>, kind: Kind): Statements {
  return {
    kind,
    all: async (statement) => {
      const { rows } = await sql.raw<Record<string, unknown>>(statement).execute(db);
      return rows;
    },
  };
}

/**
 * Refuses to open a database that a move has left, or that it fills.
 * @param isCurrent whether no migration is due: during a move, none can run
 * @throws Problem `conflict` with the way on
 */
export function requireUsable(
  { state, other }: Pick<MoveMark, "state" | "other">,
  isCurrent: boolean,
): void {
  if (state === "moved") throw new Problem("conflict", text.moved(other));
  if (state === "arriving") throw new Problem("conflict", text.arriving(other));
  if (!isCurrent) throw new Problem("busy", text.noUpgrade);
}

export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

export function quote(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}
