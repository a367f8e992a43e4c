import { apiProblem } from "../api/api-problem.ts";
import { programProblem } from "../api/curl/program-problem.ts";
import type { Call } from "../http/call.ts";
import { isProgram, prefersJson } from "../http/request/accept.ts";
import { isReading } from "../http/request/client.ts";
import { presentedKey } from "../http/request/presented-key.ts";
import { isServerFault, plainProblem, problemJson } from "../http/response/problem-response.ts";
import { signInRedirect } from "../http/response/response.ts";
import type { Tongue } from "../http/url-row.ts";
import type { Problem } from "../problem.ts";
import { problemPage } from "../web/ui/layout/problem-page.tsx";

type Answer = (call: Call, problem: Problem) => Response | Promise<Response>;

/** How each tongue words a problem. */
const tongues: Readonly<Record<Tongue, Answer>> = {
  page: (call, problem) =>
    prefersJson(call.request) || bringsKey(call)
      ? tongues.json(call, problem)
      : answerWithPage(call, problem),
  api: (call, problem) => apiProblem(call, problem),
  json: (call, problem) => problemJson(problem, { call, requestId: call.requestId }),
  text: (call, problem) => plainProblem(problem, { call }),
  program: (call, problem) =>
    isProgram(call.request) ? programProblem(call, problem) : answerWithPage(call, problem),
};

/** Answers a request with a problem, worded in the tongue of its route; a fault of the server is logged. */
export function answerProblem(
  call: Call,
  problem: Problem,
  tongue: Tongue,
): Response | Promise<Response> {
  if (isServerFault(problem)) logFault(call, problem);
  if (problem.code === "forbidden" || problem.code === "insufficient_scope")
    logRefusal(call, problem);
  return tongues[tongue](call, problem);
}

/** Whether a program sent the request with an API key, so that a page would say nothing to it. */
function bringsKey({ request }: Call): boolean {
  return isProgram(request) && presentedKey(request) !== null;
}

function answerWithPage(call: Call, problem: Problem): Response | Promise<Response> {
  if (problem.code === "unauthenticated" && isReading(call.request)) return signInRedirect(call);
  return problemPage(call, problem);
}

function logRefusal(
  { app, actor, client, request, requestId, url }: Call,
  { code, message }: Problem,
): void {
  const user = actor.is === "user" ? actor : null;
  app.limits.noteRefusal(message, {
    userId: user?.userId ?? null,
    account: user?.username ?? null,
    impersonator: user?.impersonator?.username ?? null,
    address: client.address,
    method: request.method,
    path: url.pathname,
    code,
    requestId,
  });
}

function logFault({ app, request, url }: Call, problem: Problem): void {
  const facts = {
    err: problem.cause ?? problem,
    code: problem.code,
    method: request.method,
    path: url.pathname,
  };
  app.log.error(facts, problem.message);
}
