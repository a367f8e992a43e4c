/** @jsxImportSource #markup */
import type { Call } from "../../../http/call.ts";
import { isProgram, prefersJson } from "../../../http/request/accept.ts";
import { problemJson } from "../../../http/response/problem-response.ts";
import { href } from "../../../http/urls.ts";
import { invalid, Problem } from "../../../problem.ts";
import { show } from "../../ui/layout/layout.tsx";
import { type Entry, InputField, PostForm, showForm } from "../../ui/post-form.tsx";
import { text } from "../text.en.ts";

/** The page of a link that its visitor asked for; `part`: something that its page links to. */
export type LockedPage = "open" | "view" | "part";

/** Asks for a link's password: the same answer whatever the link is. */
export async function askForPassword(call: Call, page: LockedPage, why: string): Promise<Response> {
  const { request } = call;
  if (prefersJson(request)) {
    const problem = new Problem("unauthenticated", why);
    const response = problemJson(problem, { call, requestId: call.requestId });
    response.headers.set("www-authenticate", challengeFor(request));
    return response;
  }
  const headers = new Headers({ "www-authenticate": challengeFor(request) });
  const entry = { values: { page, query: call.url.search } };
  return await show(
    call,
    { title: text.gate.title, status: 401, headers },
    <PasswordForm call={call} entry={entry} />,
  );
}

/** The same after a wrong one. */
export function askAgain(
  call: Call,
  values: { readonly page: LockedPage; readonly query: string },
  refusal: Problem,
): Promise<Response> {
  const entry = { values, refusal };
  return showForm(
    call,
    { title: text.gate.title, entry },
    <PasswordForm call={call} entry={entry} />,
  );
}

export function wrongPassword(): Problem {
  return invalid("password", text.gate.wrong);
}

function PasswordForm({ call, entry }: { call: Call; entry: Entry }) {
  const { shortCode = "" } = call.params;
  return (
    <div class="narrow">
      <h1 class="h3 mb-4">{text.gate.title}</h1>
      <p>{text.gate.explanation}</p>
      <PostForm action={href("unlock", { shortCode })} entry={entry}>
        <input type="hidden" name="page" value={entry.values.page} />
        {entry.values.query && <input type="hidden" name="query" value={entry.values.query} />}
        <InputField
          entry={entry}
          name="password"
          label={text.gate.password}
          type="password"
          autocomplete="off"
          required
          focused
        />
        <button class="btn btn-primary w-100" type="submit">
          {text.gate.open}
        </button>
      </PostForm>
    </div>
  );
}

/** Browsers show our page, and no dialog of their own, for a scheme that they do not know. */
function challengeFor(request: Request): string {
  const isBrowser = request.headers.has("sec-fetch-site") || !isProgram(request);
  const scheme = isBrowser ? "Link-Password" : "basic";
  return `${scheme} realm="link", charset="UTF-8"`;
}
