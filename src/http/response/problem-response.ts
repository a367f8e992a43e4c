import { STATUS_CODES } from "node:http";
import type { Limited, Problem, ProblemCode } from "../../problem.ts";
import { type Asked, respondWith } from "./response.ts";

/** The status that answers each kind of failure. */
export const statusOf: Readonly<Record<ProblemCode, number>> = {
  bad_request: 400,
  usage: 400,
  unauthenticated: 401,
  forbidden: 403,
  insufficient_scope: 403,
  recent_sign_in_required: 403,
  person_required: 403,
  not_found: 404,
  method_not_allowed: 405,
  not_acceptable: 406,
  timeout: 408,
  conflict: 409,
  idempotency_key_in_use: 409,
  gone: 410,
  precondition_failed: 412,
  too_large: 413,
  uri_too_long: 414,
  unsupported_type: 415,
  invalid: 422,
  idempotency_key_reused: 422,
  locked: 423,
  too_many: 429,
  // Of tus.
  checksum_mismatch: 460,
  internal: 500,
  not_implemented: 501,
  busy: 503,
  storage_full: 507,
  over_quota: 507,
};

/** Whether the fault is of the server, so that it is logged for the operator. */
export function isServerFault({ code }: Problem): boolean {
  return statusOf[code] >= 500 && code !== "not_implemented" && code !== "over_quota";
}

/** A problem for programs: RFC 9457, with the refused fields as `errors`. */
export function problemJson(
  problem: Problem,
  { call, requestId }: { readonly call: Asked; readonly requestId?: string },
): Response {
  const status = statusOf[problem.code];
  const body = {
    type: "about:blank",
    title: STATUS_CODES[status],
    status,
    code: problem.code,
    detail: problem.message,
    ...(Object.keys(problem.fields).length > 0 && { errors: problem.fields }),
    ...(problem.scope !== undefined && { scope: problem.scope }),
    ...(problem.current !== undefined && { current: problem.current }),
    ...(requestId !== undefined && { requestId }),
  };
  const options = { call, status, headers: problemHeaders(problem) };
  return respondWith(JSON.stringify(body), "json", "application/problem+json", options);
}

/** A problem as a line of text. */
export function plainProblem(problem: Problem, { call }: { readonly call: Asked }): Response {
  const options = { call, status: statusOf[problem.code], headers: problemHeaders(problem) };
  return respondWith(`${problem.message}\n`, "json", "text/plain; charset=utf-8", options);
}

/** Problems of a body whose rest is still arriving, so that the connection cannot be used again. */
const endsBody: ReadonlySet<ProblemCode> = new Set([
  "too_large",
  "timeout",
  "over_quota",
  "storage_full",
] as const);

/** The challenge to a key that is not valid (RFC 6750, 3.1). */
export const INVALID_TOKEN = 'Bearer error="invalid_token"';

/** Returns the headers of a problem in any representation. */
export function problemHeaders(problem: Problem): Headers {
  const headers = new Headers();
  if (problem.retryAfterSeconds !== undefined) {
    const seconds = Math.max(1, Math.ceil(problem.retryAfterSeconds));
    headers.set("retry-after", String(seconds));
    if (problem.limit !== undefined) describeLimit(headers, problem.limit, { left: 0, seconds });
  }
  if (problem.code === "unauthenticated") headers.set("www-authenticate", "Bearer");
  if (problem.scope !== undefined)
    headers.set("www-authenticate", `Bearer error="insufficient_scope", scope="${problem.scope}"`);
  if (problem.allow !== undefined) headers.set("allow", problem.allow.join(", "));
  if (endsBody.has(problem.code)) headers.set("connection", "close");
  return headers;
}

/** By draft-ietf-httpapi-ratelimit-headers-10: what may be asked for in 60 seconds, and how much of it is left. */
export function describeLimit(
  headers: Headers,
  { name, perMinute }: Limited,
  { left, seconds }: { readonly left: number; readonly seconds: number },
): void {
  headers.set("ratelimit-policy", `"${name}";q=${perMinute};w=60`);
  headers.set("ratelimit", `"${name}";r=${left};t=${seconds}`);
}
