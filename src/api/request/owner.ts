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

/** An id that no user has: the list of an unknown owner is empty. Sums of visits have 0 for all owners. */
const UNKNOWN_OWNER = -1;

/** The account whose links are listed: the caller's own; for an administrator the one that the query names, else all. */
export async function ownerListed(
  call: Call,
  owner: string | undefined,
): Promise<{ readonly ownerId?: number }> {
  const user = requireUser(call);
  if (!isAdministrator(call.actor)) return { ownerId: user.id };
  if (owner === undefined) return {};
  const found = await call.app.accounts.users.findByUsername(owner);
  return { ownerId: found?.id ?? UNKNOWN_OWNER };
}
