import { codeOf, diskFull } from "../os/system-error.ts";
import { Problem } from "../problem.ts";
import { text } from "./text.en.ts";

/** Codes of SQLite and SQLSTATEs of PostgreSQL, which do not collide. */
const UNIQUE = new Set(["SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY", "23505"]);
const MISSING = new Set(["SQLITE_CONSTRAINT_FOREIGNKEY", "23503"]);
const FULL = new Set(["SQLITE_FULL", "53100"]);
const BUSY =
  /^(SQLITE_BUSY|SQLITE_LOCKED|SQLITE_READONLY|SQLITE_IOERR|SQLITE_CANTOPEN|08|57P|53|25006|40|55P03|ECONN|EMFILE|ENFILE|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_)/;

/** Whether a row could not be written because another has the same unique value. */
export function isUniqueViolation(error: unknown): boolean {
  return UNIQUE.has(codeOf(error));
}

/** Whether a row could not be written, or removed, because of one that it needs, or that needs it. */
export function isMissingReference(error: unknown): boolean {
  return MISSING.has(codeOf(error));
}

/** Turns a failure of the database into a Problem where one fits; returns anything else unchanged. */
export function explainFailure(error: unknown): unknown {
  const code = codeOf(error);
  if (FULL.has(code)) return diskFull(error);
  if (BUSY.test(code) || isLostConnection(error)) return databaseBusy(error);
  return error;
}

/** Resolves as `work` does; a failure that a Problem fits is thrown as that. */
export async function explained<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw explainFailure(error);
  }
}

/** The database is locked, overloaded or away; the caller may try again soon. */
export function databaseBusy(cause?: unknown): Problem {
  return new Problem("busy", text.busy, { retryAfterSeconds: 2, cause });
}

function isLostConnection(error: unknown): boolean {
  return (
    error instanceof Error &&
    /^(Connection terminated|timeout exceeded when trying to connect)/.test(error.message)
  );
}
