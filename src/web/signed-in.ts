import type { Session } from "../accounts/auth/sessions.ts";
import type { User } from "../accounts/user.ts";
import type { Call } from "../http/call.ts";
import { Problem } from "../problem.ts";
import { text } from "./text.en.ts";

/**
 * The user of a call: signed in, or the owner of its API key.
 * @throws Problem `unauthenticated`
 */
export function signedIn({ user }: Pick<Call, "user">): { user: User } {
  if (user !== null) return { user };
  throw new Problem("unauthenticated", text.signInFirst);
}

/**
 * The user and session of a call, which an API key has not.
 * @throws Problem `unauthenticated`
 */
export function inSession({ user, session }: Pick<Call, "user" | "session">): {
  user: User;
  session: Session;
} {
  if (user !== null && session !== null) return { user, session };
  throw new Problem("unauthenticated", text.signInFirst);
}

/** The owner whose links a user may list: themselves, and for an administrator everyone. */
export function ownOnly(call: Call): { ownerId?: number } {
  const { user } = signedIn(call);
  return user.role === "administrator" ? {} : { ownerId: user.id };
}

/**
 * The account that a call is about: the caller's own, or for an administrator the one of `username`. Null where there is
 * none, or the caller may not name another.
 */
export async function findAccount(call: Call, username: string | null): Promise<User | null> {
  const { user } = signedIn(call);
  if (username === null || username === "" || username === user.username) return user;
  if (user.role !== "administrator") return null;
  return await call.app.accounts.users.findByUsername(username);
}
