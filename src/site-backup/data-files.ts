import { readdir } from "node:fs/promises";
import { join } from "node:path";

/** Bytes of ours have such names: which of them belong to a backup is what its database says. */
const OURS = /\/assets\/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(\.[a-z0-9]{1,10})?$/;

const HALF_RECEIVED = "/assets/.drafts/";

/** Kept out of backups: with it, who has a backup could make sessions. A new one is made where it is missing. */
const SECRET = "config/secret.key";

/** Whether a path in a data folder is that of stored bytes, which never change under it. */
export function isStoredBytes(path: string): boolean {
  return OURS.test(path);
}

/** Every regular file in `folder` of a data folder, by its path from there, that could be in a backup. */
export async function* listDataFiles(dataFolder: string, folder: string): AsyncGenerator<string> {
  const options = { recursive: true, withFileTypes: true } as const;
  const entries = await readdir(join(dataFolder, folder), options).catch(() => []);
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name).slice(dataFolder.length + 1);
    if (entry.isFile() && path !== SECRET && !path.includes(HALF_RECEIVED)) yield path;
  }
}
