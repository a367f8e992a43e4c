/** What can go wrong, as a closed list. `http/response/problem-response.ts` maps each code to a status. */
export type ProblemCode =
  | "bad_request" // the request itself makes no sense
  | "unauthenticated" // nobody is signed in
  | "forbidden" // signed in, or cross-site, and not allowed
  | "not_found" // missing, or not yours: the two look the same from outside
  | "method_not_allowed"
  | "gone" // it was here: an expired or disabled link
  | "too_large"
  | "uri_too_long"
  | "unsupported_type"
  | "invalid" // a field was refused: see `fields`
  | "too_many" // slow down: see `retryAfterSeconds`
  | "not_implemented"
  | "busy" // the database is locked, away or overloaded: try again
  | "storage_full"
  | "over_quota" // the owner has no room left, though the disk has
  | "usage" // command line: the words of the call are off
  | "internal"; // our fault

/** A message for each refused field, by the field's name as the forms and TOML write it. */
export type FieldProblems = Readonly<Record<string, string>>;

/** A limit, as whoever exceeds it is told of it. */
export interface Limited {
  readonly name: string;
  readonly perMinute: number;
}

export interface ProblemDetails {
  readonly fields?: FieldProblems;
  readonly retryAfterSeconds?: number;
  /** What was exceeded, for `too_many`. */
  readonly limit?: Limited;
  /** Methods that would have been right, for `method_not_allowed`. */
  readonly allow?: readonly string[];
  /** Why, for the log only; never shown to a stranger. */
  readonly cause?: unknown;
}

/** The one kind of failure. `message` is safe to show to a stranger; `cause` is not. */
export class Problem extends Error {
  readonly code: ProblemCode;
  readonly fields: FieldProblems;
  readonly retryAfterSeconds: number | undefined;
  readonly limit: Limited | undefined;
  readonly allow: readonly string[] | undefined;

  constructor(code: ProblemCode, message: string, details: ProblemDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = "Problem";
    this.code = code;
    this.fields = details.fields ?? {};
    this.retryAfterSeconds = details.retryAfterSeconds;
    this.limit = details.limit;
    this.allow = details.allow;
  }
}

/** A refusal of one field. */
export function invalid(field: string, message: string): Problem {
  return new Problem("invalid", message, { fields: { [field]: message } });
}

/** Whatever was thrown, as a Problem: ours unchanged, anything else as `internal` with it as cause. */
export function toProblem(thrown: unknown): Problem {
  if (thrown instanceof Problem) return thrown;
  return new Problem("internal", "Something went wrong on our side.", { cause: thrown });
}
