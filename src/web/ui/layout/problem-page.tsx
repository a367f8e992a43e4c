/** @jsxImportSource #markup */
import type { Call } from "../../../http/call.ts";
import {
  isServerFault,
  problemHeaders,
  statusOf,
} from "../../../http/response/problem-response.ts";
import { href } from "../../../http/urls.ts";
import type { Problem } from "../../../problem.ts";
import { fillText } from "../fill-text.tsx";
import { text as shared } from "../text.en.ts";
import { show } from "./layout.tsx";
import { text } from "./text.en.ts";

/** A problem as a page: what happened, and what to do. */
export function problemPage(call: Call, problem: Problem): Promise<Response> {
  const status = statusOf[problem.code];
  const { title, advice } = text.problems[problem.code];
  return show(
    call,
    { title, status, headers: problemHeaders(problem) },
    <div class="text-center py-5">
      <p class="display-1 text-body-secondary mb-0">{status}</p>
      <h1 class="h2 mb-3">{title}</h1>
      <p class="lead">{problem.message}</p>
      <p>
        {advice} {retryAdvice(problem)}
      </p>
      <NextStep call={call} problem={problem} />
      {isServerFault(problem) && (
        <p class="small text-body-secondary mt-4">
          {fillText(text.problem.requestId, { id: <code>{call.requestId}</code> })}
        </p>
      )}
    </div>,
  );
}

function NextStep({ call, problem }: { call: Call; problem: Problem }) {
  const isSignIn = problem.code === "unauthenticated" && call.user === null;
  return (
    <a class="btn btn-primary" href={href(isSignIn ? "signIn" : "home")}>
      {isSignIn ? shared.actions.signIn : text.problem.home}
    </a>
  );
}

/** When to try again, for problems that pass by themselves; else nothing. */
export function retryAdvice({ code, retryAfterSeconds }: Problem): string {
  if (retryAfterSeconds === undefined)
    return code === "busy" || code === "too_many" ? text.problem.retrySoon : "";
  if (retryAfterSeconds > 90) return text.problem.retryMinutes(Math.ceil(retryAfterSeconds / 60));
  return text.problem.retrySeconds(Math.max(1, Math.ceil(retryAfterSeconds)));
}
