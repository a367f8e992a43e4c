import type { Database, Trx } from "../database/database.ts";
import type { Actor } from "../policy.ts";
import { Problem } from "../problem.ts";

/**
 * Holds who the administrators are to the end of the transaction, so that of two who remove or demote each other one
 * is too late.
 * @throws Problem `forbidden` where `actor` is none any more
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
 * Refuses who is no administrator at this moment, whatever they were when they called.
 * @throws Problem `forbidden`
 */
export async function requireAdministrator(trx: Trx, actor: Actor): Promise<void> {
  if (actor.is === "operator") return;
  const ids = await findAdministrators(trx);
  if (actor.is === "user" && ids.includes(actor.userId)) return;
  throw new Problem("forbidden", "Only an administrator may do this.");
}

/**
 * Refuses to take the last administrator away.
 * @throws Problem `forbidden`
 */
export async function requireOtherAdministrator(trx: Trx, userId: number): Promise<void> {
  if ((await findAdministrators(trx)).some((id) => id !== userId)) return;
  throw new Problem("forbidden", "This is the last administrator.");
}

/** Those who can sign in. */
async function findAdministrators(trx: Trx): Promise<number[]> {
  const query = trx.selectFrom("user").select("id").where("role", "=", "administrator");
  return (await query.where("disabled", "=", 0).execute()).map(({ id }) => id);
}
