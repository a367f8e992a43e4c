import { sql } from "kysely";
import type { Database, Trx } from "../../database/database.ts";
import type { Upload } from "./upload.ts";

function selectUploads(db: Database["lookup"]) {
  return db
    .selectFrom("upload")
    .innerJoin("user", "user.id", "upload.owner_id")
    .select([
      "upload.id",
      "upload.owner_id as ownerId",
      "user.username as owner",
      "length",
      "received",
      "metadata",
      "purpose",
      "upload.state",
      "sha256",
      "short_code as shortCode",
      "upload.created_at as createdAt",
      "expires_at as expiresAt",
    ]);
}

export async function findUpload(db: Database["lookup"], id: string): Promise<Upload | null> {
  return (await selectUploads(db).where("upload.id", "=", id).executeTakeFirst()) ?? null;
}

/** The uploads of an owner of which no link was created, newest first: all, or those with exactly these metadata. */
export async function listUploads(
  db: Database["read"],
  { ownerId, metadata }: { readonly ownerId: number; readonly metadata?: string | undefined },
  limit: number,
): Promise<Upload[]> {
  return await selectUploads(db)
    .where("owner_id", "=", ownerId)
    .$if(metadata !== undefined, (uploads) => uploads.where("metadata", "=", metadata ?? ""))
    .where("upload.state", "=", "open")
    .orderBy("upload.created_at", "desc")
    .orderBy("upload.id")
    .limit(limit)
    .execute();
}

/** The bytes of an owner's uploads that are no link's yet. */
export async function sumReceived(db: Database["lookup"], ownerId: number): Promise<number> {
  const { bytes } = await db
    .selectFrom("upload")
    .select(sql<number>`cast(coalesce(sum(received), 0) as bigint)`.as("bytes"))
    .where("owner_id", "=", ownerId)
    .where("state", "=", "open")
    .executeTakeFirstOrThrow();
  return bytes;
}

/** Counts the uploads of an owner that are no link's yet: those under way, and all. */
export async function countOpen(
  trx: Trx,
  ownerId: number,
): Promise<{ readonly unfinished: number; readonly all: number }> {
  const isUnfinished = sql<number>`case when length = received then 0 else 1 end`;
  return await trx
    .selectFrom("upload")
    .select(sql<number>`cast(coalesce(sum(${isUnfinished}), 0) as bigint)`.as("unfinished"))
    .select((eb) => eb.fn.countAll<number>().as("all"))
    .where("owner_id", "=", ownerId)
    .where("state", "=", "open")
    .executeTakeFirstOrThrow();
}

export async function insertUpload(
  trx: Trx,
  { ownerId, owner: _, shortCode, createdAt, expiresAt, ...upload }: Upload,
): Promise<void> {
  const row = {
    ...upload,
    owner_id: ownerId,
    short_code: shortCode,
    created_at: createdAt,
    expires_at: expiresAt,
    holder: "",
    held_until: 0,
    is_called: 0 as const,
  };
  // A joined one may be there already: its id follows from its parts.
  await trx
    .insertInto("upload")
    .values(row)
    .onConflict((same) => same.doNothing())
    .execute();
}

export async function deleteUpload(trx: Trx, id: string): Promise<void> {
  await trx.deleteFrom("upload").where("id", "=", id).execute();
}
