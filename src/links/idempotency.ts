import type { Database, Trx } from "../database/database.ts";
import { Problem } from "../problem.ts";
import type { Link } from "./link.ts";
import { linkFrom, selectLinks } from "./link-rows.ts";

/** A form that is sent again later than this, in milliseconds, is a new one. */
const REMEMBERED_MS = 600_000;

/** The link that a form has made lately, whichever process made it; null where none has. */
export async function findSent(
  db: Database["lookup"],
  key: string,
  now: number,
): Promise<Link | null> {
  const row = await selectLinks(db)
    .innerJoin("sent_form", "sent_form.link_id", "link.id")
    .where("sent_form.key", "=", key)
    .where("sent_form.at", ">", now - REMEMBERED_MS)
    .executeTakeFirst();
  return row === undefined ? null : linkFrom(row);
}

/**
 * Notes in the transaction that makes a link which form it came by.
 * @throws Problem `busy` where the same form has made another meanwhile
 */
export async function noteSent(trx: Trx, key: string, linkId: number, now: number): Promise<void> {
  const values = { link_id: linkId, at: now };
  const query = trx
    .insertInto("sent_form")
    .values({ key, ...values })
    .onConflict((on) =>
      on
        .column("key")
        .doUpdateSet(values)
        .where("sent_form.at", "<=", now - REMEMBERED_MS),
    );
  const { numInsertedOrUpdatedRows } = await query.executeTakeFirst();
  if (numInsertedOrUpdatedRows !== 1n)
    throw new Problem("busy", "This form was sent already.", { retryAfterSeconds: 1 });
}

/** Forgets what is too old to matter, at most `limit`. */
export async function forgetSent(database: Database, now: number, limit: number): Promise<void> {
  await database.write(async (trx) => {
    const old = trx
      .selectFrom("sent_form")
      .select("key")
      .where("at", "<=", now - REMEMBERED_MS)
      .limit(limit);
    await trx.deleteFrom("sent_form").where("key", "in", old).execute();
  });
}
