import { mkdir, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { syncFolder } from "../os/fsync.ts";
import { explainDiskFull } from "../os/system-error.ts";

/** Writes a private file and flushes it to disk. */
export async function writeFile(path: string, bytes: AsyncIterable<Uint8Array>): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await using file = await open(path, "w", 0o600);
    for await (const chunk of bytes) await file.appendFile(chunk);
    await file.sync();
  } catch (thrown) {
    throw explainDiskFull(thrown);
  }
}

/**
 * Writes a file under a temporary name, and renames it once it is complete and durable and `check` has passed.
 * @throws Problem `storage_full`, and whatever `check` throws; nothing is left then
 */
export async function writeAtomically(
  path: string,
  bytes: AsyncIterable<Uint8Array>,
  check: (draft: string) => Promise<void>,
): Promise<void> {
  const draft = `${path}.partial`;
  try {
    await writeFile(draft, bytes);
    await check(draft);
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
  await syncFolder(dirname(path));
}

/** Renames a file, durably. */
export async function moveFile(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true, mode: 0o700 });
  await rename(from, to);
  await syncFolder(dirname(to));
}
