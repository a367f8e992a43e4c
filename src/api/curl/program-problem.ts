import type { Call } from "../../http/call.ts";
import { asksForJson } from "../../http/request/accept.ts";
import { presentedKey } from "../../http/request/presented-key.ts";
import { plainProblem } from "../../http/response/problem-response.ts";
import { href } from "../../http/urls.ts";
import { Problem } from "../../problem.ts";
import { apiProblem } from "../api-problem.ts";
import { text } from "./text.en.ts";

const SCHEME = "basic";

/** A problem as curl shows it: a line of text, or as the API answers it, if that is asked for. */
export function programProblem(call: Call, problem: Problem): Response {
  if (asksForJson(call.request)) return apiProblem(call, problem);
  const response = plainProblem(withHelp(call, problem), { call });
  // wget sends a name and a password only when it is asked for them.
  if (problem.code === "unauthenticated")
    response.headers.append("www-authenticate", `${SCHEME} realm="site", charset="UTF-8"`);
  return response;
}

/** Says how a key is sent, where there is none. */
function withHelp({ client, request }: Call, problem: Problem): Problem {
  if (problem.code !== "unauthenticated" || presentedKey(request) !== null) return problem;
  const { origin } = client;
  return new Problem("unauthenticated", text.needsKey(origin, origin + href("keys")));
}
