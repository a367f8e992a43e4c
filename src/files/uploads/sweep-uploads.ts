import type { Clock } from "../../clock.ts";
import type { Database } from "../../database/database.ts";
import type { UploadFiles } from "./upload-files.ts";
import type { UploadLocks } from "./upload-locks.ts";
import { deleteUpload } from "./upload-rows.ts";

interface Parts {
  readonly database: Database;
  readonly clock: Clock;
  readonly files: UploadFiles;
  readonly locks: UploadLocks;
}

/** Ids with the time of the last change of their file, as they were listed before any row is looked for. */
type StoredFiles = ReadonlyMap<string, number>;

/** Milliseconds for which a file without a row is kept: its account was deleted while a request wrote it. */
const STRAY_MS = 3_600_000;

/** Ids that are looked for at once. */
const IDS_A_QUERY = 500;

/**
 * Deletes at most `limit` uploads that have expired, of which no request is under way, and those that have only a row or
 * only a file; returns how many.
 */
export async function sweepUploads(parts: Parts, limit: number): Promise<number> {
  const { database, clock, files, locks } = parts;
  const rows = await database.read
    .selectFrom("upload")
    .select("id")
    .where("expires_at", "<=", clock())
    .limit(limit)
    .execute();
  let swept = 0;
  for (const { id } of rows) {
    await using hold = await locks.tryHold(id).catch(() => null);
    if (hold === null) continue;
    await database.write((trx) => deleteUpload(trx, id));
    await files.remove(id);
    hold.noteReleased();
    swept++;
  }
  const stored = await files.list();
  return swept + (await sweepStrays(parts, stored)) + (await sweepWithoutBytes(parts, stored));
}

/** Uploads of a site that was restored: backups leave their bytes out. */
async function sweepWithoutBytes(
  { database, files, locks }: Parts,
  stored: StoredFiles,
): Promise<number> {
  const query = database.scan.selectFrom("upload").select("id").where("received", ">", 0);
  const rows = await query.where("state", "=", "open").execute();
  let swept = 0;
  for (const { id } of rows.filter((row) => !stored.has(row.id))) {
    await using hold = await locks.tryHold(id).catch(() => null);
    if (hold === null || (await files.measure(id)) !== null) continue;
    await database.write((trx) => deleteUpload(trx, id));
    hold.noteReleased();
    swept++;
  }
  return swept;
}

async function sweepStrays(
  { database, clock, files }: Parts,
  stored: StoredFiles,
): Promise<number> {
  const strays = [...stored].filter(([, changedAt]) => clock() - changedAt > STRAY_MS);
  let swept = 0;
  for (let at = 0; at < strays.length; at += IDS_A_QUERY) {
    const ids = strays.slice(at, at + IDS_A_QUERY).map(([id]) => id);
    const query = database.read.selectFrom("upload").select("id").where("id", "in", ids);
    const known = new Set((await query.execute()).map(({ id }) => id));
    for (const id of ids.filter((id) => !known.has(id))) {
      await files.remove(id);
      swept++;
    }
  }
  return swept;
}
