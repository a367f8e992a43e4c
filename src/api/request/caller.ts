import type { User } from "../../accounts/user.ts";
import type { Call } from "../../http/call.ts";
import { Problem } from "../../problem.ts";
import { text as shared } from "../../text/text.en.ts";
import { text } from "../text.en.ts";

/**
 * The account that a call comes from, by session or key.
 * @throws Problem `unauthenticated`
 */
export function requireUser({ user }: Pick<Call, "user">): User {
  if (user !== null) return user;
  throw new Problem("unauthenticated", text.signInFirst);
}

/**
 * Refuses a sensitive action by a key, and in a session that is not new: an open browser must not be enough.
 * @throws Problem `person_required`, `recent_sign_in_required`
 */
export function requirePerson({
  app,
  actor,
  session,
}: Pick<Call, "app" | "actor" | "session">): void {
  if (actor.is === "operator") return;
  if (session === null) throw new Problem("person_required", shared.key.inPerson);
  if (!app.accounts.sessions.isRecent(session))
    throw new Problem("recent_sign_in_required", text.signInAgain);
}
