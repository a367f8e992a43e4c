import type { Session } from "../accounts/auth/sessions.ts";
import type { User } from "../accounts/user.ts";
import type { Call } from "../http/call.ts";
import { Problem } from "../problem.ts";

/**
 * The account behind a call, for the pages that are somebody's own.
 * @throws Problem `unauthenticated`
 */
export function signedIn({ user, session }: Call): { user: User; session: Session } {
  if (user !== null && session !== null) return { user, session };
  throw new Problem("unauthenticated", "Please sign in first.");
}

/** A user lists their own links; an administrator everybody's. */
export function ownOnly(call: Call): { ownerId?: number } {
  const { user } = signedIn(call);
  return user.role === "administrator" ? {} : { ownerId: user.id };
}
