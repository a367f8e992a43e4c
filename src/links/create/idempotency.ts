import type { Database, Trx } from "../../database/database.ts";
import type { Link } from "../link.ts";
import { linkFrom, selectLinks } from "../rows/link-columns.ts";

/** How long a key is remembered, in milliseconds, unless its claim says longer. */
export const REMEMBERED_MS = 600_000;

/** An idempotency key that is claimed now. */
export interface Claim {
  readonly key: string;
  readonly now: number;
  /** In milliseconds; default: REMEMBERED_MS. */
  readonly lifeMs?: number | undefined;
}

/** The time of a claim as it is stored. */
export function timeOf({ now, lifeMs = REMEMBERED_MS }: Claim): number {
  return now + lifeMs - REMEMBERED_MS;
}

/** A link, and whether an earlier call with the same key created it. */
export interface Once {
  readonly link: Link;
  readonly isRepeated: boolean;
}

/**
 * Runs `work` once for an idempotency key, in the transaction of `work`: a repeated call returns the link of the first.
 * Claiming the key waits for another transaction that claims it, on whichever node, until that commits or rolls back.
 */
export async function once(
  trx: Trx,
  { key, ...times }: Claim,
  work: () => Promise<Link>,
): Promise<Once> {
  const claim = { link_id: null, at: timeOf({ key, ...times }) };
  const { numInsertedOrUpdatedRows } = await trx
    .insertInto("sent_form")
    .values({ key, ...claim })
    .onConflict((on) =>
      on
        .column("key")
        .doUpdateSet(claim)
        .where("sent_form.at", "<=", times.now - REMEMBERED_MS),
    )
    .executeTakeFirst();
  if (numInsertedOrUpdatedRows !== 1n)
    return {
      link: linkFrom(await selectByKey(trx, key).executeTakeFirstOrThrow()),
      isRepeated: true,
    };
  const link = await work();
  await trx.updateTable("sent_form").set({ link_id: link.id }).where("key", "=", key).execute();
  return { link, isRepeated: false };
}

/** The link that a key has created lately; null where it has created none. */
export async function findByKey(
  db: Database["lookup"],
  key: string,
  now: number,
): Promise<Link | null> {
  const query = selectByKey(db, key).where("sent_form.at", ">", now - REMEMBERED_MS);
  const row = await query.executeTakeFirst();
  return row === undefined ? null : linkFrom(row);
}

function selectByKey(db: Database["lookup"], key: string) {
  return selectLinks(db)
    .innerJoin("sent_form", "sent_form.link_id", "link.id")
    .where("sent_form.key", "=", key);
}

/** Deletes keys that are remembered no longer, at most `limit`; returns how many. */
export async function forgetKeys(database: Database, now: number, limit: number): Promise<number> {
  return await database.write(async (trx) => {
    const old = trx
      .selectFrom("sent_form")
      .select("key")
      .where("at", "<=", now - REMEMBERED_MS)
      .limit(limit);
    const query = trx.deleteFrom("sent_form").where("key", "in", old);
    return Number((await query.executeTakeFirst()).numDeletedRows);
  });
}
