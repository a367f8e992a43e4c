import { codeOf, diskFull } from "../os/system-error.ts";
import { Problem } from "../problem.ts";
import { MOVE_FAILURE } from "./move/move-failure.ts";
import { text } from "./text.en.ts";

/** Codes of SQLite and SQLSTATEs of PostgreSQL, which do not collide. */
const UNIQUE = new Set(["SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY", "23505"]);
const MISSING = new Set(["SQLITE_CONSTRAINT_FOREIGNKEY", "23503"]);
const FULL = new Set(["SQLITE_FULL", "53100"]);
const BUSY =
  /^(SQLITE_BUSY|SQLITE_LOCKED|SQLITE_READONLY|SQLITE_IOERR|SQLITE_CANTOPEN|08|57P|53|25006|25P03|25P04|40|55P03|ECONN|EMFILE|ENFILE|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_)/;

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
  if (isRaisedByMove(error)) return databaseMoving(error);
  if (FULL.has(code)) return diskFull(error);
  if (BUSY.test(code) || isLostConnection(error)) return databaseBusy(error);
  return error;
}

/** Whether a change was refused because the database is being moved, or was: it is no fault. */
export function isMoving(thrown: unknown): boolean {
  return thrown instanceof Problem && isRaisedByMove(thrown.cause);
}

function isRaisedByMove(error: unknown): boolean {
  const code = codeOf(error);
  if (code === MOVE_FAILURE.sqlState) return true;
  return (
    code.startsWith("SQLITE_CONSTRAINT") &&
    Reflect.get(Object(error), "message") === MOVE_FAILURE.message
  );
}

/** Whether a row itself was refused, by a constraint or for a value that the database does not store. */
export function isDataFault(error: unknown): boolean {
  return /^(SQLITE_CONSTRAINT|SQLITE_MISMATCH|SQLITE_TOOBIG|22|23)/.test(codeOf(error));
}

/** Resolves as `work` does; a failure that a Problem fits is thrown as that. */
export async function explained<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw explainFailure(error);
  }
}

const DAMAGED = new Set(["SQLITE_NOTADB", "SQLITE_CORRUPT"]);

/** Whether the file of SQLite is damaged, or none of SQLite: a backup helps. */
export function isDamage(error: unknown): boolean {
  return (
    DAMAGED.has(codeOf(error)) || (error instanceof Problem && DAMAGED.has(codeOf(error.cause)))
  );
}

/** Explains why the file of SQLite cannot be opened at a start: waiting does not help, as it does later. */
export function explainOpening(error: unknown, file: string): unknown {
  const cause = error instanceof Problem ? error.cause : error;
  switch (codeOf(cause).replace(/^(SQLITE_[A-Z]+)_.*/, "$1")) {
    case "SQLITE_NOTADB":
      return new Problem("internal", text.notDatabase(file), { cause });
    case "SQLITE_CORRUPT":
      return new Problem("internal", text.fileDamaged(file), { cause });
    case "SQLITE_CANTOPEN":
    case "SQLITE_READONLY":
    case "SQLITE_IOERR":
      return new Problem("internal", text.cannotOpen(file), { cause });
    default:
      return error;
  }
}

/** Long enough that a client which repeats a change by itself does not do so all the time. */
const MOVING_SECONDS = 30;

function databaseMoving(cause: unknown): Problem {
  return new Problem("busy", text.moving, { retryAfterSeconds: MOVING_SECONDS, cause });
}

/** The database is locked, overloaded or away; the caller may try again soon. */
export function databaseBusy(cause?: unknown): Problem {
  return new Problem("busy", text.busy, { retryAfterSeconds: 2, cause });
}

function isLostConnection(error: unknown): boolean {
  return (
    error instanceof Error &&
    /^(Connection terminated|timeout exceeded when trying to connect|Client .* not queryable$)/.test(
      error.message,
    )
  );
}
