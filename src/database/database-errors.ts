import { Problem } from "../problem.ts";

/** The database is locked, overloaded or away; the caller may try again soon. */
export function databaseBusy(cause?: unknown): Problem {
  return new Problem("busy", "The database is busy. Try again in a moment.", {
    retryAfterSeconds: 2,
    cause,
  });
}
