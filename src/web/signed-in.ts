import type { Session } from "../accounts/auth/sessions.ts";
import type { User } from "../accounts/user.ts";
import type { Call } from "../http/call.ts";
import { Problem } from "../problem.ts";
import { text } from "./text.en.ts";

/**
 * The signed-in user and session of a call.
 * @throws Problem `unauthenticated`
 */
export function signedIn({ user, session }: Call): { user: User; session: Session } {
  if (user !== null && session !== null) return { user, session };
  throw new Problem("unauthenticated", text.signInFirst);
}

/** The owner whose links a user may list: themselves, and for an administrator everyone. */
export function ownOnly(call: Call): { ownerId?: number } {
  const { user } = signedIn(call);
  return user.role === "administrator" ? {} : { ownerId: user.id };
}
