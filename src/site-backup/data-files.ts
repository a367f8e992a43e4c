import { readdir } from "node:fs/promises";
import { join } from "node:path";

/** Names of stored files: which of them belong to a backup, its database says. */
const STORED = /\/assets\/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(\.[a-z0-9]{1,10})?$/;

/** Folders of partial uploads: in portions, in one request, and the latter until 1.0.0-alpha.1. */
const PARTIAL_UPLOADS = /^users\/\.uploads\/|\/assets\/\.(uploads|drafts)\//;

/** Not backed up: with it, a backup could be used to forge sessions. A missing one is replaced by a new one. */
const SECRET = "config/secret.key";

/** Whether a path in a data folder is that of a stored file, whose content never changes. */
export function isStoredBytes(path: string): boolean {
  return STORED.test(path);
}

/** Lists every regular file in `folder` of a data folder that can be in a backup, by its path from the data folder on. */
export async function* listDataFiles(dataFolder: string, folder: string): AsyncGenerator<string> {
  // Folder by folder: one that vanishes meanwhile does not hide the others.
  const entries = await readdir(join(dataFolder, folder), { withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* listDataFiles(dataFolder, path);
    else if (entry.isFile() && path !== SECRET && !PARTIAL_UPLOADS.test(path)) yield path;
  }
}
