import type { Database, Trx } from "../../database/database.ts";
import type { UserActor } from "../../policy.ts";
import { Problem } from "../../problem.ts";
import { requireAdministrator } from "../administrators.ts";
import type { User } from "../user.ts";
import { findNamed, noSuchAccount, type UserRow, userFrom } from "../user-rows.ts";

/** The user in whose place a session's administrator acts; null: their own, or that other place is none any more. */
export async function findActedFor(
  { lookup }: Pick<Database, "lookup">,
  { role, acting_for: id }: Pick<UserRow, "role"> & { readonly acting_for: number | null },
): Promise<User | null> {
  if (id === null || role !== "administrator") return null;
  const query = lookup.selectFrom("user").selectAll().where("id", "=", id);
  const row = await query.executeTakeFirst();
  return row !== undefined && hasPlaceToTake(row) ? userFrom(row) : null;
}

/**
 * The user of that name, whose place `actor` may take.
 * @throws Problem `not_found`, `forbidden`
 */
export async function requirePlace(trx: Trx, actor: UserActor, username: string): Promise<UserRow> {
  await requireAdministrator(trx, actor);
  const row = await findNamed(trx, username);
  if (row === undefined) throw noSuchAccount();
  if (hasPlaceToTake(row)) return row;
  const whose = row.disabled === 1 ? "a disabled account" : "an administrator";
  throw new Problem("forbidden", `Nobody can act in the place of ${whose}.`);
}

/** An administrator's place would give more than one has, or as much. */
function hasPlaceToTake({ role, disabled }: UserRow): boolean {
  return role === "user" && disabled === 0;
}

/** Ends whatever is done in this user's place, and in others' places by them. */
export async function endActing(trx: Trx, userId: number): Promise<void> {
  await trx
    .updateTable("session")
    .set({ acting_for: null })
    .where("acting_for", "is not", null)
    .where(({ eb, or }) => or([eb("acting_for", "=", userId), eb("user_id", "=", userId)]))
    .execute();
}
