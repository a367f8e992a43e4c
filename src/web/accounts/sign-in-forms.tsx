/** @jsxImportSource hono/jsx */
import type { User } from "../../accounts/user.ts";
import { href } from "../../http/urls.ts";
import { formatCount, plural } from "../../text/format.ts";
import { Checkbox, type Entry, InputField, PostForm } from "../ui/post-form.tsx";

interface SignInFormProps {
  readonly entry: Entry;
  /** How long a sign-in is remembered, where that is wished. */
  readonly days: number;
}

export function SignInForm({ entry, days }: SignInFormProps) {
  // Of what was refused, the password is what has to be typed again.
  const isAgain = entry.refusal !== undefined;
  return (
    <div class="narrow">
      <h1 class="h3 mb-4">Sign in</h1>
      <PostForm action={href("signIn")} entry={entry}>
        <input type="hidden" name="next" value={entry.values.next} />
        <InputField
          entry={entry}
          name="username"
          label="User name"
          help="Leave empty for the administrator."
          autocomplete="username"
          autocapitalize="none"
          focused={!isAgain}
        />
        <InputField
          entry={entry}
          name="password"
          label="Password"
          type="password"
          autocomplete="current-password"
          required
          focused={isAgain}
        />
        <Checkbox
          entry={entry}
          name="remember"
          label={`Remember me on this device for ${plural(days, { one: "1 day", other: `${formatCount(days)} days` })}`}
        />
        <button class="btn btn-primary w-100" type="submit">
          Sign in
        </button>
      </PostForm>
    </div>
  );
}

export function SignOutForm({ user }: { user: User }) {
  return (
    <div class="narrow text-center">
      <h1 class="h3 mb-4">Sign out?</h1>
      <p class="name">You are signed in as {user.displayName}.</p>
      <form method="post" action={href("signOut")}>
        <button class="btn btn-primary" type="submit">
          Sign out
        </button>
      </form>
    </div>
  );
}
