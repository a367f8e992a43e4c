/** @jsxImportSource hono/jsx */
import type { Call } from "../../../http/call.ts";
import { isOurs, problemHeaders, statusOf } from "../../../http/response/response.ts";
import { href } from "../../../http/urls.ts";
import type { Problem, ProblemCode } from "../../../problem.ts";
import { show } from "./layout.tsx";

interface Words {
  /** What happened. */
  readonly title: string;
  /** What to do about it. */
  readonly advice: string;
}

const wordsOf: Readonly<Record<ProblemCode, Words>> = {
  bad_request: {
    title: "That request makes no sense",
    advice: "Check the address, or go back and try again.",
  },
  usage: { title: "That request makes no sense", advice: "Go back and try again." },
  unauthenticated: {
    title: "You are not signed in",
    advice: "Sign in, then go back and send the form again.",
  },
  forbidden: {
    title: "That is not allowed",
    advice: "If you think it should be, ask the administrator of this site.",
  },
  not_found: {
    title: "Nothing is here",
    advice:
      "Check the address: capital and small letters are different. Maybe the link was deleted.",
  },
  method_not_allowed: {
    title: "That does not work here",
    advice: "Open the address in a browser, or go back and try again.",
  },
  gone: {
    title: "This link no longer works",
    advice: "Ask whoever gave it to you for a new one.",
  },
  too_large: { title: "That is too large", advice: "Go back and send less." },
  uri_too_long: { title: "That address is too long", advice: "Shorten the address and try again." },
  unsupported_type: {
    title: "That cannot be read here",
    advice: "Send the form from the page it stands on.",
  },
  invalid: { title: "Something was filled in wrongly", advice: "Go back and correct it." },
  too_many: { title: "Slow down", advice: "There were too many tries in a short time." },
  internal: {
    title: "Something broke",
    advice:
      "It is not your fault, and it has been written down. Try again, or tell the administrator.",
  },
  not_implemented: {
    title: "That is not known here",
    advice: "Open the address in a browser, or go back and try again.",
  },
  busy: { title: "Busy right now", advice: "Links keep working; only changes have to wait." },
  over_quota: {
    title: "Your room is full",
    advice: "Delete files that you no longer need, or ask the administrator for more room.",
  },
  storage_full: {
    title: "No room left",
    advice: "Links keep working. Tell the administrator that the disk is full.",
  },
};

/** A problem as a page: what happened, and what to do. */
export function problemPage(call: Call, problem: Problem): Promise<Response> {
  const status = statusOf[problem.code];
  const { title, advice } = wordsOf[problem.code];
  return show(
    call,
    { title, status, headers: problemHeaders(problem) },
    <div class="text-center py-5">
      <p class="display-1 text-body-secondary mb-0">{status}</p>
      <h1 class="h2 mb-3">{title}</h1>
      <p class="lead">{problem.message}</p>
      <p>
        {advice} {whenToReturn(problem)}
      </p>
      <WayOut call={call} problem={problem} />
      {isOurs(problem) && (
        <p class="small text-body-secondary mt-4">
          In the log this request is <code>{call.requestId}</code>.
        </p>
      )}
    </div>,
  );
}

function WayOut({ call, problem }: { call: Call; problem: Problem }) {
  const isSignIn = problem.code === "unauthenticated" && call.user === null;
  return (
    <a class="btn btn-primary" href={href(isSignIn ? "signIn" : "home")}>
      {isSignIn ? "Sign in" : "To the home page"}
    </a>
  );
}

/** When to try again, for the problems that pass by themselves; else nothing. */
export function whenToReturn({ code, retryAfterSeconds }: Problem): string {
  if (retryAfterSeconds !== undefined) return `Try again in ${spanOf(retryAfterSeconds)}.`;
  return code === "busy" || code === "too_many" ? "Try again in a moment." : "";
}

function spanOf(seconds: number): string {
  if (seconds <= 90) return plural(Math.max(1, Math.ceil(seconds)), "second");
  return plural(Math.ceil(seconds / 60), "minute");
}

function plural(count: number, noun: string): string {
  return count === 1 ? `1 ${noun}` : `${count} ${noun}s`;
}
