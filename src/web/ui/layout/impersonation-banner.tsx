/** @jsxImportSource hono/jsx */
import type { User } from "../../../accounts/user.ts";
import type { Call } from "../../../http/call.ts";
import { href } from "../../../http/urls.ts";

interface Acting {
  /** In whose place. */
  readonly user: User;
  /** The user name of the administrator who does. */
  readonly administrator: string;
}

/** Whether an administrator acts in another's place here; null where everybody is themselves. */
export function actingIn({ actor, user }: Pick<Call, "actor" | "user">): Acting | null {
  if (actor.is !== "user" || actor.impersonator === undefined || user === null) return null;
  return { user, administrator: actor.impersonator.username };
}

/** Says on every page in whose place one acts, with the way back. */
export function ActingBanner({ call }: { call: Call }) {
  const acting = actingIn(call);
  if (acting === null) return null;
  const { username, displayName } = acting.user;
  return (
    <aside class="callout border-info page-head" aria-label="Acting in another's place">
      <div>
        You act in the place of <strong class="name">{displayName}</strong>
        {displayName !== username && (
          <>
            {" "}
            (<span class="name">{username}</span>)
          </>
        )}
        . What you do is recorded as done by <span class="name">{acting.administrator}</span>.
      </div>
      <SwitchBackForm />
    </aside>
  );
}

export function SwitchBackForm() {
  return (
    <form method="post" action={href("switchBack")}>
      <button class="btn btn-primary" type="submit">
        Switch back
      </button>
    </form>
  );
}
