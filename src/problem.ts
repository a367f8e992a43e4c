import { text } from "./text/text.en.ts";

/** Every kind of failure. `http/response/problem-response.ts` maps each code to a status. */
export type ProblemCode =
  | "bad_request" // malformed
  | "unauthenticated" // not signed in
  | "insufficient_scope" // an API key without the scope: see `scope`
  | "forbidden" // signed in, or cross-site, and not allowed
  | "recent_sign_in_required" // signed in too long ago for a sensitive action
  | "person_required" // by an API key, which is no person
  | "not_found" // missing, or not yours: the response is the same
  | "method_not_allowed"
  | "gone" // it was here: an expired or disabled link
  | "timeout" // the request arrived too slowly
  | "conflict" // changed by another request since it was read
  | "idempotency_key_in_use" // a request with the key is under way
  | "idempotency_key_reused" // the key belongs to another request
  | "locked" // another request is at work on it
  | "checksum_mismatch" // the bytes are not those that were named
  | "precondition_failed" // not as the request's conditions say
  | "not_acceptable" // not available in a type that the client accepts
  | "too_large"
  | "uri_too_long"
  | "unsupported_type"
  | "invalid" // a field was refused: see `fields`
  | "too_many" // rate limit exceeded: see `retryAfterSeconds`
  | "not_implemented"
  | "busy" // the database is locked, away or overloaded: try again
  | "storage_full"
  | "over_quota" // the owner's storage quota is exceeded
  | "usage" // command line: wrong arguments
  | "internal"; // a fault of the server

/** A message for each refused field, by the field's name as the forms and TOML write it. */
export type FieldProblems = Readonly<Record<string, string>>;

/** A rate limit that was exceeded. */
export interface Limited {
  readonly name: string;
  readonly perMinute: number;
}

export interface ProblemDetails {
  readonly fields?: FieldProblems;
  readonly retryAfterSeconds?: number;
  /** What was exceeded, for `too_many`. */
  readonly limit?: Limited;
  /** What the API key lacks, for `insufficient_scope`. */
  readonly scope?: string;
  /** Methods that would have been right, for `method_not_allowed`. */
  readonly allow?: readonly string[];
  /** What is stored now, for `conflict`. */
  readonly current?: Readonly<Record<string, unknown>>;
  /** For the log only; never shown. */
  readonly cause?: unknown;
}

/** A failure. `message` is safe to show to anyone; `cause` is not. */
export class Problem extends Error {
  readonly code: ProblemCode;
  readonly fields: FieldProblems;
  readonly retryAfterSeconds: number | undefined;
  readonly limit: Limited | undefined;
  readonly scope: string | undefined;
  readonly allow: readonly string[] | undefined;
  readonly current: Readonly<Record<string, unknown>> | undefined;

  constructor(code: ProblemCode, message: string, details: ProblemDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = "Problem";
    this.code = code;
    this.fields = details.fields ?? {};
    this.retryAfterSeconds = details.retryAfterSeconds;
    this.limit = details.limit;
    this.scope = details.scope;
    this.allow = details.allow;
    this.current = details.current;
  }
}

/** Returns the Problem of one refused field. */
export function invalid(field: string, message: string): Problem {
  return new Problem("invalid", message, { fields: { [field]: message } });
}

/** Whether it was thrown because a field was refused. */
export function isInvalid(thrown: unknown): thrown is Problem {
  return thrown instanceof Problem && thrown.code === "invalid";
}

/** Codes of the system when it has no more descriptors, processes or memory to give: some come back soon. */
const EXHAUSTED: ReadonlySet<unknown> = new Set(["EMFILE", "ENFILE", "EAGAIN", "ENOMEM"]);

const EXHAUSTED_SECONDS = 2;

/**
 * Returns what was thrown as a Problem: a Problem unchanged, a lack of descriptors or memory as the cause of a `busy`
 * one, anything else of an `internal` one.
 */
export function toProblem(thrown: unknown): Problem {
  if (thrown instanceof Problem) return thrown;
  if (thrown instanceof Error && "code" in thrown && EXHAUSTED.has(thrown.code)) {
    const details = { retryAfterSeconds: EXHAUSTED_SECONDS, cause: thrown };
    return new Problem("busy", text.exhausted, details);
  }
  return new Problem("internal", text.internalError, { cause: thrown });
}
