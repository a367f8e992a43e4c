/** @jsxImportSource #markup */
import type { User } from "../../../accounts/user.ts";
import type { Call } from "../../../http/call.ts";
import { href } from "../../../http/urls.ts";
import { fillText } from "../fill-text.tsx";
import { text } from "./text.en.ts";

interface Impersonation {
  /** The user who is impersonated. */
  readonly user: User;
  /** The administrator's username. */
  readonly administrator: string;
}

/** The impersonation under which a call is made; null if there is none. */
export function impersonationIn({
  actor,
  user,
}: Pick<Call, "actor" | "user">): Impersonation | null {
  if (actor.is !== "user" || actor.impersonator === undefined || user === null) return null;
  return { user, administrator: actor.impersonator.username };
}

/** Says on every page which user is impersonated, with a button that ends it. */
export function ImpersonationBanner({ call }: { call: Call }) {
  const impersonation = impersonationIn(call);
  if (impersonation === null) return null;
  return (
    <aside class="callout border-info page-head" aria-label={text.impersonation.label}>
      <div>
        {fillText(text.impersonation.active(impersonation.administrator), {
          user: <UserName user={impersonation.user} />,
        })}
      </div>
      <SwitchBackForm />
    </aside>
  );
}

function UserName({ user: { username, displayName } }: { user: User }) {
  return (
    <>
      <strong class="name">{displayName}</strong>
      {displayName !== username && <span class="name"> ({username})</span>}
    </>
  );
}

export function SwitchBackForm() {
  return (
    <form method="post" action={href("switchBack")}>
      <button class="btn btn-primary" type="submit">
        {text.impersonation.stop}
      </button>
    </form>
  );
}
