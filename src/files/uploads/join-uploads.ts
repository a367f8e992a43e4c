import type { Database } from "../../database/database.ts";
import { Problem } from "../../problem.ts";
import { explained } from "../store/folder-faults.ts";
import { text } from "../text.en.ts";
import type { Upload } from "./upload.ts";
import type { UploadFiles } from "./upload-files.ts";
import type { UploadHold } from "./upload-locks.ts";

interface Parts {
  readonly database: Database;
  readonly files: UploadFiles;
  readonly hold: UploadHold;
}

/** Bytes that are copied at a time. */
const PORTION = 1_048_576;

/** The same parts have one joined upload, however often it is asked for: its id follows from theirs. */
export function joinedIdOf(ids: readonly string[]): string {
  return new Bun.CryptoHasher("sha256").update(ids.join(" ")).digest("base64url");
}

/** Whether an upload was made of others: ids of others are shorter. */
export function isJoined({ id }: Pick<Upload, "id">): boolean {
  return id.length === JOINED_LENGTH;
}

const JOINED_LENGTH = 43;

/**
 * Copies the bytes of complete uploads into another one, which the hold is for, durably; then deletes their rows. Until
 * that, nothing of them is changed, so that a process that ends in between leaves them for the next attempt.
 * @throws Problem `bad_request` if one of them is gone meanwhile, `locked`, `storage_full`
 */
export async function joinUploads(
  { database, files, hold }: Parts,
  joined: Upload,
  parts: readonly Upload[],
): Promise<Upload> {
  const draft = `${joined.id}-${hold.holder.slice(-12)}`;
  const sha256 = await copyAll(files, draft, parts).catch(async (thrown) => {
    await files.remove(draft);
    throw thrown;
  });
  await files.replace(joined.id, draft);
  const ids = [...new Set(parts.map(({ id }) => id))];
  const received = joined.length ?? 0;
  await database.write(async (trx) => {
    const complete = { received, sha256, holder: "" };
    const { numUpdatedRows } = await trx
      .updateTable("upload")
      .set(complete)
      .where("id", "=", joined.id)
      .where("holder", "=", hold.holder)
      .executeTakeFirst();
    if (numUpdatedRows === 0n) throw new Problem("locked", text.upload.takenOver);
    const open = trx.deleteFrom("upload").where("id", "in", ids).where("state", "=", "open");
    const { numDeletedRows } = await open.executeTakeFirst();
    if (Number(numDeletedRows) !== ids.length) throw missingPart();
  });
  hold.noteReleased();
  for (const id of ids) await files.remove(id);
  return { ...joined, received, sha256 };
}

/**
 * Returns the SHA-256 of all bytes. They get their name when all are there: another node may copy them too, if this one
 * was silent for long.
 */
async function copyAll(
  files: UploadFiles,
  draft: string,
  parts: readonly Upload[],
): Promise<string> {
  const hasher = new Bun.CryptoHasher("sha256");
  const buffer = new Uint8Array(PORTION);
  await using file = await files.open(draft);
  await explained(file.truncate(0));
  for (const part of parts) {
    await using source = await files.open(part.id);
    for (let at = 0; at < part.received; ) {
      const most = Math.min(PORTION, part.received - at);
      const { bytesRead } = await explained(source.read(buffer, 0, most, at));
      if (bytesRead === 0) throw missingPart();
      const bytes = buffer.subarray(0, bytesRead);
      hasher.update(bytes);
      await explained(file.appendFile(bytes));
      at += bytesRead;
    }
  }
  await explained(file.datasync());
  return hasher.digest("hex");
}

export function missingPart(): Problem {
  return new Problem("bad_request", text.upload.parts);
}
