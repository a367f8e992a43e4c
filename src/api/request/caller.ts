import type { User } from "../../accounts/user.ts";
import type { Call } from "../../http/call.ts";
import { Problem } from "../../problem.ts";
import { text } from "../text.en.ts";

/**
 * The account that a call comes from, by session or key.
 * @throws Problem `unauthenticated`
 */
export function requireUser({ user }: Pick<Call, "user">): User {
  if (user !== null) return user;
  throw new Problem("unauthenticated", text.signInFirst);
}
