import type { User } from "../../accounts/user.ts";
import type { AccountSummary } from "../../accounts/user-admin.ts";
import type { Call } from "../../http/call.ts";
import { json } from "../../http/response/response.ts";
import { href } from "../../http/urls.ts";

/** Answers with an account as JSON, at the URL of its page. `quota` is in bytes; null is the site's default. */
export function answerAccount(
  call: Call,
  status: 200 | 201,
  user: User & Partial<Pick<AccountSummary, "quota">>,
): Response {
  const { username, role, disabled, quota = null } = user;
  const headers = new Headers({ location: href("user", { username }) });
  const account = {
    username,
    display_name: user.displayName,
    role,
    disabled,
    quota,
    must_change_password: user.mustChangePassword,
    created_at: new Date(user.createdAt).toISOString(),
  };
  return json(account, { call, status, headers });
}
