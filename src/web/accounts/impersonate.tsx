/** @jsxImportSource hono/jsx */
import type { User } from "../../accounts/user.ts";
import type { Call, Handler } from "../../http/call.ts";
import { seeOther } from "../../http/response/response.ts";
import { href } from "../../http/urls.ts";
import { signedIn } from "../signed-in.ts";
import { impersonationIn, SwitchBackForm } from "../ui/layout/impersonation-banner.tsx";
import { show } from "../ui/layout/layout.tsx";

/** Acting in another's place, and being oneself again. */
export const switching = { toForm, to, backForm, back } satisfies Record<string, Handler>;

async function toForm(call: Call): Promise<Response> {
  const user = await call.app.userAdmin.get(call.actor, call.params.username ?? "");
  return await show(call, { title: "Act in another's place" }, <SwitchForm user={user} />);
}

async function to(call: Call): Promise<Response> {
  const { session } = signedIn(call);
  await call.app.sessions.impersonate(call.actor, session, call.params.username ?? "");
  return seeOther(href("home"), { call });
}

function backForm(call: Call): Response | Promise<Response> {
  const acting = impersonationIn(call);
  if (acting === null) return seeOther(href("home"), { call });
  return show(
    call,
    { title: "Switch back" },
    <div class="narrow text-center">
      <h1 class="h3 mb-4">Switch back?</h1>
      <p>
        From then on you act as <span class="name">{acting.administrator}</span> again.
      </p>
      <SwitchBackForm />
    </div>,
  );
}

async function back(call: Call): Promise<Response> {
  const acting = impersonationIn(call);
  if (acting === null) return seeOther(href("home"), { call });
  await call.app.sessions.endImpersonation(call.actor, signedIn(call).session);
  return seeOther(href("user", { username: acting.user.username }), { call });
}

function SwitchForm({ user: { username, displayName } }: { user: User }) {
  return (
    <div class="narrow">
      <h1 class="h3 mb-4">
        Act in the place of <span class="name">{displayName}</span>?
      </h1>
      <p>
        You see and change what they see and change, until you switch back. What you do is recorded
        as done by you for them.
      </p>
      <form method="post" action={href("switchUser", { username })}>
        <button class="btn btn-primary" type="submit">
          Act in their place
        </button>
      </form>
    </div>
  );
}
