/** @jsxImportSource hono/jsx */
import type { User } from "../../accounts/user.ts";
import { href } from "../../http/urls.ts";
import { CopyButton } from "../ui/copy-button.tsx";
import { PageHead } from "../ui/layout/layout.tsx";

interface OneTimePasswordProps {
  readonly person: Pick<User, "username" | "displayName">;
  readonly password: string;
}

/** The password, this once. */
export function OneTimePassword({ person, password }: OneTimePasswordProps) {
  const { username, displayName } = person;
  return (
    <div class="form-width">
      <PageHead title="One-time password" />
      <p>
        With this <span class="name">{displayName}</span> can sign in, and has to choose a password
        of their own before anything else. It is shown here this once; the former password no longer
        works.
      </p>
      <div class="d-flex flex-wrap gap-3 align-items-center mb-4">
        <code class="fs-4 name text-body" id="one-time-password">
          {password}
        </code>
        <CopyButton text={password} what="the password" />
      </div>
      <a class="btn btn-primary" href={href("user", { username })}>
        Back to the account
      </a>
    </div>
  );
}
