import type { z } from "zod";
import type { AccountSummary } from "../../accounts/user-admin.ts";
import { rfc3339 } from "../../text/rfc3339.ts";
import type { userSchema } from "./user-schema.ts";

/** An account as the API answers it. */
export function describeUser(account: AccountSummary): z.input<typeof userSchema> {
  const { username, displayName, role, disabled, quota, links, files, bytes } = account;
  return {
    username,
    display_name: displayName,
    role,
    must_change_password: account.mustChangePassword,
    created_at: new Date(account.createdAt).toISOString(),
    disabled,
    quota,
    links,
    files,
    used_bytes: bytes,
    last_seen_at: rfc3339(account.lastSeenAt),
  };
}
