import { type ColumnDefinitionBuilder, type Kysely, type RawBuilder, sql } from "kysely";
import { Problem } from "../problem.ts";
import { databaseBusy } from "./database-errors.ts";
import { findPostgresDamage } from "./postgres/postgres-integrity.ts";
import { postgresSearch } from "./postgres/postgres-search.ts";
import type { Schema } from "./schema.ts";
import type { SearchIndex } from "./search-index.ts";
import { findSqliteDamage } from "./sqlite/sqlite-integrity.ts";
import { sqliteSearch } from "./sqlite/sqlite-search.ts";

/** Where SQLite and PostgreSQL differ. Nothing outside `database/` asks which of them it is. */
export interface Dialect {
  readonly kind: "sqlite" | "postgres";
  readonly types: {
    /** A number that the database gives each new row, never twice. */
    readonly identity: "integer" | "bigint";
    /** 64-bit whole numbers: times, counts, references. */
    readonly whole: "integer" | "bigint";
    /** Text compared and sorted byte by byte. */
    readonly exactText: RawBuilder<unknown>;
  };
  identify(column: ColumnDefinitionBuilder): ColumnDefinitionBuilder;
  /** Ends the definition of a table that is kept in the order of its primary key. */
  readonly storedByKey: RawBuilder<unknown>;
  /** Ends a query for rows that nobody else shall change before the transaction ends; null where nobody can. */
  readonly locking: RawBuilder<unknown> | null;
  /** The same, but new rows may refer to them meanwhile. */
  readonly guarding: RawBuilder<unknown> | null;
  readonly search: SearchIndex;
  /** The time of the database's clock, in milliseconds since 1970 UTC. */
  readonly now: RawBuilder<number>;
  /**
   * What is broken in the database itself, by its own checks; `isDeep` takes all the time that it takes.
   * @throws whatever it says of what it cannot even read
   */
  findDamage(db: Kysely<Schema>, isDeep: boolean): Promise<string[]>;
}

export const sqliteDialect: Dialect = {
  kind: "sqlite",
  types: { identity: "integer", whole: "integer", exactText: sql`text` },
  identify: (column) => column.primaryKey().autoIncrement(),
  storedByKey: sql`without rowid`,
  locking: null,
  guarding: null,
  search: sqliteSearch,
  now: sql`cast(unixepoch('subsec') * 1000 as integer)`,
  findDamage: findSqliteDamage,
};

export const postgresDialect: Dialect = {
  kind: "postgres",
  types: { identity: "bigint", whole: "bigint", exactText: sql`text collate "C"` },
  identify: (column) => column.primaryKey().generatedAlwaysAsIdentity(),
  storedByKey: sql``,
  locking: sql`for update`,
  guarding: sql`for no key update`,
  search: postgresSearch,
  now: sql`cast(extract(epoch from clock_timestamp()) * 1000 as bigint)`,
  findDamage: findPostgresDamage,
};

/** Codes of SQLite and SQLSTATEs of PostgreSQL, which do not collide. */
const UNIQUE = new Set(["SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY", "23505"]);
const MISSING = new Set(["SQLITE_CONSTRAINT_FOREIGNKEY", "23503"]);
const FULL = new Set(["SQLITE_FULL", "53100"]);
const BUSY =
  /^(SQLITE_BUSY|SQLITE_LOCKED|SQLITE_READONLY|SQLITE_IOERR|SQLITE_CANTOPEN|08|57P|53|25006|40|55P03|ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_)/;

/** Whether a row could not be written because another has the same unique value. */
export function isUniqueViolation(error: unknown): boolean {
  return UNIQUE.has(codeOf(error));
}

/** Whether a row could not be written, or removed, because of one that it needs, or that needs it. */
export function isMissingReference(error: unknown): boolean {
  return MISSING.has(codeOf(error));
}

/** A database's failure as a Problem where there is one to tell; anything else unchanged. */
export function explainFailure(error: unknown): unknown {
  const code = codeOf(error);
  if (FULL.has(code)) return storageFull(error);
  if (BUSY.test(code) || isLostConnection(error)) return databaseBusy(error);
  return error;
}

function storageFull(cause: unknown): Problem {
  return new Problem(
    "storage_full",
    "The server's disk is full: nothing can be saved until there is room.",
    {
      retryAfterSeconds: 60,
      cause,
    },
  );
}

function isLostConnection(error: unknown): boolean {
  return (
    error instanceof Error &&
    /^(Connection terminated|timeout exceeded when trying to connect)/.test(error.message)
  );
}

function codeOf(error: unknown): string {
  if (typeof error !== "object" || error === null || !("code" in error)) return "";
  return typeof error.code === "string" ? error.code : "";
}
