import type { Database, Trx } from "../database/database.ts";
import type { Actor } from "../policy.ts";
import { Problem } from "../problem.ts";
import { text } from "./text.en.ts";

/**
 * Locks the set of administrators until the end of the transaction, so that of two administrators who delete or demote
 * each other the second is refused.
 * @throws Problem `forbidden` if `actor` is no administrator any more
 */
export async function lockAdministrators(
  { dialect: { guarding } }: Pick<Database, "dialect">,
  trx: Trx,
  actor: Actor,
): Promise<void> {
  if (guarding !== null) {
    const query = trx.selectFrom("user").select("id").where("role", "=", "administrator");
    await query.orderBy("id").modifyEnd(guarding).execute();
  }
  await requireAdministrator(trx, actor);
}

/**
 * Refuses an actor who is no administrator at this moment: their role may have changed since the request began.
 * @throws Problem `forbidden`
 */
export async function requireAdministrator(trx: Trx, actor: Actor): Promise<void> {
  if (actor.is === "operator") return;
  const ids = await findAdministrators(trx);
  if (actor.is === "user" && ids.includes(actor.userId)) return;
  throw new Problem("forbidden", text.access.administratorsOnly);
}

/**
 * Requires an enabled administrator besides this user.
 * @throws Problem `forbidden`
 */
export async function requireOtherAdministrator(trx: Trx, userId: number): Promise<void> {
  if ((await findAdministrators(trx)).some((id) => id !== userId)) return;
  throw new Problem("forbidden", text.administration.lastAdministrator);
}

/** Returns the ids of the administrators who can sign in. */
async function findAdministrators(trx: Trx): Promise<number[]> {
  const query = trx.selectFrom("user").select("id").where("role", "=", "administrator");
  return (await query.where("disabled", "=", 0).execute()).map(({ id }) => id);
}
