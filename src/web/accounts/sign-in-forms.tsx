/** @jsxImportSource #markup */
import type { User } from "../../accounts/user.ts";
import { href } from "../../http/urls.ts";
import { Checkbox, type Entry, InputField, PostForm } from "../ui/post-form.tsx";
import { text as shared } from "../ui/text.en.ts";
import { text } from "./text.en.ts";

interface SignInFormProps {
  readonly entry: Entry;
  /** How long a remembered session lasts. */
  readonly days: number;
}

export function SignInForm({ entry, days }: SignInFormProps) {
  // After a refusal only the password has to be typed again.
  const isAgain = entry.refusal !== undefined;
  return (
    <div class="narrow">
      <h1 class="h3 mb-4">{shared.actions.signIn}</h1>
      <PostForm action={href("signIn")} entry={entry}>
        <input type="hidden" name="next" value={entry.values.next} />
        <InputField
          entry={entry}
          name="username"
          label={shared.labels.username}
          help={text.signIn.usernameHelp}
          autocomplete="username"
          autocapitalize="none"
          focused={!isAgain}
        />
        <InputField
          entry={entry}
          name="password"
          label={text.signIn.password}
          type="password"
          autocomplete="current-password"
          required
          focused={isAgain}
        />
        <Checkbox entry={entry} name="remember" label={text.signIn.remember(days)} />
        <button class="btn btn-primary w-100" type="submit">
          {shared.actions.signIn}
        </button>
      </PostForm>
    </div>
  );
}

export function SignOutForm({ user }: { user: User }) {
  return (
    <div class="narrow text-center">
      <h1 class="h3 mb-4">{text.signOut.question}</h1>
      <p class="name">{text.signOut.signedInAs(user.displayName)}</p>
      <form method="post" action={href("signOut")}>
        <button class="btn btn-primary" type="submit">
          {shared.actions.signOut}
        </button>
      </form>
    </div>
  );
}
