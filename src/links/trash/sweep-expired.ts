import { type LinkWriter, unrecorded } from "../link-rows.ts";

/** Deletes at most `limit` links that expired by `before`, and returns how many. Declared ones stay. */
export async function sweepExpired(
  writer: LinkWriter,
  before: number,
  limit: number,
): Promise<number> {
  // In no order: in that of ids SQLite would read every link there is.
  const query = writer.trx.selectFrom("link").select("short_code");
  const expired = query
    .where("expires_at", "<=", before)
    .where("declared", "=", 0)
    .where("deleted_at", "is", null);
  const rows = await expired.limit(limit).execute();
  if (rows.length === 0) return 0;
  const links = (await writer.lock(rows.map((row) => row.short_code))).filter(
    ({ expiresAt, declared }) => expiresAt !== null && expiresAt <= before && !declared,
  );
  await writer.remove(links, unrecorded);
  return links.length;
}
