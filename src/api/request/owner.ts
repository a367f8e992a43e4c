import type { User } from "../../accounts/user.ts";
import type { Call } from "../../http/call.ts";
import { isAdministrator } from "../../policy.ts";
import { Problem } from "../../problem.ts";
import { text } from "../text.en.ts";
import { requireUser } from "./caller.ts";
import { parameterField } from "./pointer.ts";

/**
 * The account that an operation is about: the caller's own, or for an administrator the one that the query names.
 * @throws Problem `invalid` on `owner`
 */
export async function ownerNamed(call: Call, owner: string | undefined): Promise<User> {
  const user = requireUser(call);
  if (owner === undefined || owner === user.username) return user;
  const found = isAdministrator(call.actor)
    ? await call.app.accounts.users.findByUsername(owner)
    : null;
  if (found !== null) return found;
  const message = text.noSuchUser(owner);
  throw new Problem("invalid", message, { fields: { [parameterField("owner")]: message } });
}
