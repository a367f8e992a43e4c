/** @jsxImportSource hono/jsx */
import type { User } from "../accounts/user.ts";
import { href } from "../http/urls.ts";
import { Checkbox, type Entry, InputField, PostForm } from "./ui/form.tsx";

export function SignInForm({ entry }: { entry: Entry }) {
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
        />
        <InputField
          entry={entry}
          name="password"
          label="Password"
          type="password"
          autocomplete="current-password"
          required
        />
        <Checkbox entry={entry} name="remember" label="Keep me signed in on this device" />
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

interface ProfileProps {
  readonly user: User;
  readonly entry: Entry;
  /** The environment sets the password, so nothing here can. */
  readonly isFixed: boolean;
}

export function Profile({ user, entry, isFixed }: ProfileProps) {
  return (
    <div class="narrow">
      <h1 class="h3 mb-4">Profile</h1>
      <dl class="row">
        <dt class="col-sm-4">User name</dt>
        <dd class="col-sm-8 name">{user.username}</dd>
        <dt class="col-sm-4">Name</dt>
        <dd class="col-sm-8 name">{user.displayName}</dd>
        <dt class="col-sm-4">Role</dt>
        <dd class="col-sm-8">{user.role === "administrator" ? "Administrator" : "User"}</dd>
      </dl>
      <h2 class="h4 mt-4">Password</h2>
      {isFixed ? <FixedPassword /> : <PasswordForm entry={entry} />}
    </div>
  );
}

function FixedPassword() {
  return (
    <p>
      This password is set by the environment variable <code>TRUNK8_ADMIN_PASSWORD</code>. Change it
      there and restart.
    </p>
  );
}

function PasswordForm({ entry }: { entry: Entry }) {
  return (
    <PostForm action={href("profile")} entry={entry}>
      <input type="hidden" name="action" value="change_password" />
      <InputField
        entry={entry}
        name="current_password"
        label="Current password"
        type="password"
        autocomplete="current-password"
        required
      />
      <InputField
        entry={entry}
        name="new_password"
        label="New password"
        help="At least 8 characters. You will be signed out everywhere else."
        type="password"
        autocomplete="new-password"
        required
      />
      <InputField
        entry={entry}
        name="confirm_password"
        label="New password again"
        type="password"
        autocomplete="new-password"
        required
      />
      <button class="btn btn-primary" type="submit">
        Change the password
      </button>
    </PostForm>
  );
}
