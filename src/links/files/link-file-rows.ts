import { sql } from "kysely";
import type { Database, Trx } from "../../database/database.ts";
import type { Content } from "../link.ts";
import { nameIn } from "./file-path.ts";
import type { FileSum, LinkFile } from "./link-file.ts";

/** Rows that one statement inserts. */
const BATCH = 200;

const columns = [
  "link_file.id",
  "link_file.link_id as linkId",
  "link_file.path as filePath",
  "link_file.title",
  "link_file.blob_id as blobId",
  "link_file.media_type as type",
  "link_file.added_at as modifiedAt",
  "blob.path",
  "blob.size",
  "blob.sha256",
] as const;

/** Files of links with their bytes, in no order. */
export function selectFiles(db: Database["read"]) {
  return db.selectFrom("link_file").innerJoin("blob", "blob.id", "blob_id").select(columns);
}

/** Files of links with their bytes, each link's in their order. */
export function filesInOrder(db: Database["read"]) {
  return selectFiles(db).orderBy("position").orderBy("link_file.id");
}

type FileRow = Awaited<ReturnType<ReturnType<typeof selectFiles>["execute"]>>[number];

export function fileFrom({ id, linkId: _, filePath, title, ...bytes }: FileRow): LinkFile {
  return { id, path: filePath, title, content: { ...bytes, name: nameIn(filePath) } };
}

/** All files of a link, in their order. */
export async function readFiles(db: Database["read"], linkId: number): Promise<LinkFile[]> {
  return (await filesInOrder(db).where("link_id", "=", linkId).execute()).map(fileFrom);
}

/** Files of several links, in their order, by the ids of the links. */
export async function readFilesOf(
  db: Database["read"],
  linkIds: readonly number[],
): Promise<ReadonlyMap<number, readonly LinkFile[]>> {
  if (linkIds.length === 0) return new Map();
  const rows = await filesInOrder(db).where("link_id", "in", linkIds).execute();
  const groups = Map.groupBy(rows, ({ linkId }) => linkId);
  return new Map([...groups].map(([linkId, files]) => [linkId, files.map(fileFrom)]));
}

/** A file whose bytes are in use. */
export interface AddedFile extends Pick<LinkFile, "path" | "title"> {
  readonly content: Content;
}

/** Adds files to a link, the first at `position`. */
export async function insertFiles(
  trx: Trx,
  linkId: number,
  files: readonly AddedFile[],
  position = 0,
): Promise<void> {
  for (let at = 0; at < files.length; at += BATCH) {
    const rows = files.slice(at, at + BATCH).map(({ path, title, content }, index) => ({
      link_id: linkId,
      path,
      position: position + at + index,
      title,
      blob_id: content.blobId,
      media_type: content.type,
      added_at: content.modifiedAt,
    }));
    await trx.insertInto("link_file").values(rows).execute();
  }
}

/** Deletes all files of a link, and returns what they had of stored bytes: the caller releases that. */
export async function deleteFiles(trx: Trx, linkId: number): Promise<number[]> {
  const deletion = trx.deleteFrom("link_file").where("link_id", "=", linkId);
  return (await deletion.returning("blob_id").execute()).map(({ blob_id }) => blob_id);
}

/** Number of a link's files, and their bytes together. */
export async function sumFiles(db: Database["read"], linkId: number): Promise<FileSum> {
  return await db
    .selectFrom("link_file")
    .innerJoin("blob", "blob.id", "blob_id")
    .select((eb) => eb.fn.countAll<number>().as("count"))
    .select(sql<number>`cast(coalesce(sum(size), 0) as bigint)`.as("bytes"))
    .where("link_id", "=", linkId)
    .executeTakeFirstOrThrow();
}
