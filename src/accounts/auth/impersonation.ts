import type { Database, Trx } from "../../database/database.ts";
import { findUserByName } from "../../database/user-by-name.ts";
import type { UserActor } from "../../policy.ts";
import { Problem } from "../../problem.ts";
import { requireAdministrator } from "../administrators.ts";
import { text } from "../text.en.ts";
import type { User } from "../user.ts";
import { noSuchAccount, type UserRow, userFrom } from "../user-rows.ts";

/** Returns the user impersonated in a session; null if none, or if that is no longer allowed. */
export async function findImpersonated(
  { lookup }: Pick<Database, "lookup">,
  { role, acting_for: id }: Pick<UserRow, "role"> & { readonly acting_for: number | null },
): Promise<User | null> {
  if (id === null || role !== "administrator") return null;
  const query = lookup.selectFrom("user").selectAll().where("id", "=", id);
  const row = await query.executeTakeFirst();
  return row !== undefined && canBeImpersonated(row) ? userFrom(row) : null;
}

/**
 * Returns the user of that name if `actor` may impersonate them.
 * @throws Problem `not_found`, `forbidden`
 */
export async function requireImpersonable(
  trx: Trx,
  actor: UserActor,
  username: string,
): Promise<UserRow> {
  await requireAdministrator(trx, actor);
  const row = await findUserByName(trx, username);
  if (row === undefined) throw noSuchAccount();
  if (canBeImpersonated(row)) return row;
  const { disabled, administrator } = text.impersonation;
  throw new Problem("forbidden", row.disabled === 1 ? disabled : administrator);
}

/** Administrators are excluded: impersonating one would grant the same rights under another name. */
function canBeImpersonated({ role, disabled }: UserRow): boolean {
  return role === "user" && disabled === 0;
}

/** Ends every impersonation of this user and by this user. */
export async function endImpersonation(trx: Trx, userId: number): Promise<void> {
  await trx
    .updateTable("session")
    .set({ acting_for: null })
    .where("acting_for", "is not", null)
    .where(({ eb, or }) => or([eb("acting_for", "=", userId), eb("user_id", "=", userId)]))
    .execute();
}
