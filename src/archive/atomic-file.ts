import { mkdir, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { syncFolder } from "../os/fsync.ts";
import { explainDiskFull } from "../os/system-error.ts";

/** Writes a file of one's own and waits until the disk has it. */
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
 * Writes a file that has its name only once it is whole and durable, and `check` has passed.
 * @throws Problem `storage_full`, and whatever `check` throws; nothing is left then
 */
export async function writeWhole(
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

/** Gives a file another name, durably. */
export async function moveFile(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true, mode: 0o700 });
  await rename(from, to);
  await syncFolder(dirname(to));
}
