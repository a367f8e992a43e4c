import type { Updateable } from "kysely";
import type { Trx } from "../../database/database.ts";
import type { Schema } from "../../database/schema.ts";
import type { User } from "../user.ts";
import { type NewUser, newUserRow, type UserRow, userFrom } from "../user-rows.ts";

/** The stored credential. */
type Credential = Pick<Updateable<Schema["user"]>, "password_hash" | "must_change_password">;

export async function insertUser(trx: Trx, user: NewUser): Promise<User> {
  const query = trx.insertInto("user").values(newUserRow(user)).returningAll();
  return userFrom(await query.executeTakeFirstOrThrow());
}

/** Changes a credential. A new hash has invalidated the account's sessions already; this also deletes their rows. */
export async function changeCredential(
  trx: Trx,
  userId: number,
  credential: Credential,
): Promise<void> {
  await trx.updateTable("user").set(credential).where("id", "=", userId).execute();
  await trx.deleteFrom("session").where("user_id", "=", userId).execute();
}

/** Returns false if the stored hash is no longer the one that was read: a concurrent change won. */
export async function replaceHash(trx: Trx, read: UserRow, after: string): Promise<boolean> {
  const query = trx.updateTable("user").set({ password_hash: after }).where("id", "=", read.id);
  const update = query.where("password_hash", "=", read.password_hash);
  if ((await update.executeTakeFirst()).numUpdatedRows === 0n) return false;
  await trx.deleteFrom("session").where("user_id", "=", read.id).execute();
  return true;
}

/** Stores the first hash; of processes that start at once, exactly one gets true. */
export async function setFirstHash(trx: Trx, userId: number, hash: string): Promise<boolean> {
  const query = trx.updateTable("user").set({ password_hash: hash }).where("id", "=", userId);
  const { numUpdatedRows } = await query.where("password_hash", "is", null).executeTakeFirst();
  return numUpdatedRows === 1n;
}
