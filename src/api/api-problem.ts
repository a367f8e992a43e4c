import { STATUS_CODES } from "node:http";
import type { z } from "zod";
import type { Call } from "../http/call.ts";
import { presentedKey } from "../http/request/presented-key.ts";
import { INVALID_TOKEN, problemHeaders, statusOf } from "../http/response/problem-response.ts";
import { respondWith } from "../http/response/response.ts";
import type { Problem } from "../problem.ts";
import type { problemSchema } from "./problem-schema.ts";
import { parameterIn, pointerOfField } from "./request/pointer.ts";
import { isUploadPath } from "./uploads/tus-headers.ts";

/** Types of problems that others have defined; all other problems are what their status says. */
const QUOTA_EXCEEDED = "https://iana.org/assignments/http-problem-types#quota-exceeded";

type ProblemJson = z.input<typeof problemSchema>;

/** A problem as the API answers it: RFC 9457. */
export function apiProblem(call: Call, problem: Problem): Response {
  const status = statusFor(call, problem);
  const headers = problemHeaders(problem);
  if (problem.code === "method_not_allowed") headers.append("allow", "OPTIONS");
  if (status === 401 && presentedKey(call.request) !== null)
    headers.set("www-authenticate", INVALID_TOKEN);
  const body = JSON.stringify(describeProblem(call, problem));
  return respondWith(body, "json", "application/problem+json", { call, status, headers });
}

/** The body of a problem. */
export function describeProblem(
  call: Pick<Call, "url" | "requestId">,
  problem: Problem,
): ProblemJson {
  const status = statusFor(call, problem);
  const { code, message, fields, current, limit, scope } = problem;
  const errors = Object.entries(fields).map(errorOf);
  return {
    type: limit === undefined ? "about:blank" : QUOTA_EXCEEDED,
    title: STATUS_CODES[status] ?? "",
    status,
    detail: message,
    instance: call.url.pathname,
    code,
    request_id: call.requestId,
    ...(errors.length > 0 && { errors }),
    ...(scope !== undefined && { scope }),
    ...(limit !== undefined && { "violated-policies": [limit.name] }),
    ...(current !== undefined && { current: { ...current } }),
  };
}

/** Clients of tus send again what was answered 503, and give up after 429. */
function statusFor({ url }: Pick<Call, "url">, { code }: Problem): number {
  return code === "too_many" && isUploadPath(url.pathname) ? statusOf.busy : statusOf[code];
}

function errorOf([field, detail]: [string, string]): NonNullable<ProblemJson["errors"]>[number] {
  const parameter = parameterIn(field);
  return parameter === null ? { pointer: pointerOfField(field), detail } : { parameter, detail };
}
