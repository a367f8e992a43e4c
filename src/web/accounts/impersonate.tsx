/** @jsxImportSource #markup */
import type { User } from "../../accounts/user.ts";
import type { Call, Handler } from "../../http/call.ts";
import { Form, hasForm, readForm } from "../../http/request/form.ts";
import { seeOther } from "../../http/response/response.ts";
import { href } from "../../http/urls.ts";
import { inSession } from "../signed-in.ts";
import { fillText } from "../ui/fill-text.tsx";
import { impersonationIn, SwitchBackForm } from "../ui/layout/impersonation-banner.tsx";
import { show } from "../ui/layout/layout.tsx";
import { withRecentSignIn } from "./confirm-password.tsx";
import { text } from "./text.en.ts";

/** `/auth/switch-user/<name>` and `/auth/switch-back`: begins and ends an impersonation. */
export const impersonation = {
  startForm,
  start,
  stopForm,
  stop,
} satisfies Record<string, Handler>;

async function startForm(call: Call): Promise<Response> {
  const user = await call.app.accounts.admin.get(call.actor, call.params.username ?? "");
  return await show(call, { title: text.impersonate.title }, <StartForm user={user} />);
}

async function start(call: Call): Promise<Response> {
  const { session } = inSession(call);
  const form = hasForm(call.request) ? await readForm(call) : new Form();
  return await withRecentSignIn(call, form, "user.impersonate", async () => {
    await call.app.accounts.sessions.impersonate(call.actor, session, call.params.username ?? "");
    return seeOther(href("home"), { call });
  });
}

function stopForm(call: Call): Response | Promise<Response> {
  const current = impersonationIn(call);
  if (current === null) return seeOther(href("home"), { call });
  const administrator = <span class="name">{current.administrator}</span>;
  return show(
    call,
    { title: text.impersonate.stop },
    <div class="narrow text-center">
      <h1 class="h3 mb-4">{text.impersonate.stop}</h1>
      <p>{fillText(text.impersonate.stopExplanation, { administrator })}</p>
      <SwitchBackForm />
    </div>,
  );
}

async function stop(call: Call): Promise<Response> {
  const current = impersonationIn(call);
  if (current === null) return seeOther(href("home"), { call });
  await call.app.accounts.sessions.endImpersonation(call.actor, inSession(call).session);
  return seeOther(href("user", { username: current.user.username }), { call });
}

function StartForm({ user: { username, displayName } }: { user: User }) {
  const name = <span class="name">{displayName}</span>;
  return (
    <div class="narrow">
      <h1 class="h3 mb-4">{fillText(text.impersonate.question, { name })}</h1>
      <p>{text.impersonate.explanation}</p>
      <form method="post" action={href("switchUser", { username })}>
        <button class="btn btn-primary" type="submit">
          {text.impersonate.action}
        </button>
      </form>
    </div>
  );
}
