import type { Updateable } from "kysely";
import type { Trx } from "../../database/database.ts";
import type { Schema } from "../../database/schema.ts";
import type { User } from "../user.ts";
import { type NewUser, newUserRow, type UserRow, userFrom } from "../user-rows.ts";

/** What proves an account, and how. */
type Proof = Pick<Updateable<Schema["user"]>, "password_hash" | "must_change_password">;

export async function insertUser(trx: Trx, user: NewUser): Promise<User> {
  const query = trx.insertInto("user").values(newUserRow(user)).returningAll();
  return userFrom(await query.executeTakeFirstOrThrow());
}

/**
 * Changes what proves an account. A new hash has ended its sessions already; this takes them off the list that people
 * see.
 */
export async function changeProof(trx: Trx, userId: number, proof: Proof): Promise<void> {
  await trx.updateTable("user").set(proof).where("id", "=", userId).execute();
  await trx.deleteFrom("session").where("user_id", "=", userId).execute();
}

/** False when the hash is no longer the one that was read: someone else was faster. */
export async function replaceHash(trx: Trx, read: UserRow, after: string): Promise<boolean> {
  const query = trx.updateTable("user").set({ password_hash: after }).where("id", "=", read.id);
  const update = query.where("password_hash", "=", read.password_hash);
  if ((await update.executeTakeFirst()).numUpdatedRows === 0n) return false;
  await trx.deleteFrom("session").where("user_id", "=", read.id).execute();
  return true;
}

/** Of processes that start at once, exactly one gets true: its password is the one that is kept. */
export async function setFirstHash(trx: Trx, userId: number, hash: string): Promise<boolean> {
  const query = trx.updateTable("user").set({ password_hash: hash }).where("id", "=", userId);
  const { numUpdatedRows } = await query.where("password_hash", "is", null).executeTakeFirst();
  return numUpdatedRows === 1n;
}
