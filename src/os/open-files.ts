import { readFile, stat } from "node:fs/promises";

/**
 * How many files a process may have open, by /proc; null where the system does not say.
 * @param pid default: this process
 */
export async function readOpenFileLimit(pid: number | "self" = "self"): Promise<number | null> {
  const limits = await readFile(`/proc/${pid}/limits`, "utf8").catch(() => "");
  const [, soft] = /^Max open files +(\d+|unlimited)/m.exec(limits) ?? [];
  if (soft === undefined) return null;
  return soft === "unlimited" ? Infinity : Number(soft);
}

/** The process that has locked a file for itself alone (flock), by /proc/locks; null: none, or none that is seen. */
export async function findLockHolder(path: string): Promise<number | null> {
  const inode = await stat(path).then(
    ({ ino }) => ino,
    () => null,
  );
  const locks = await readFile("/proc/locks", "utf8").catch(() => "");
  const [, pid] =
    new RegExp(`FLOCK +ADVISORY +WRITE +(\\d+) [0-9a-f:]+:${inode} `).exec(locks) ?? [];
  return pid === undefined || pid === "0" ? null : Number(pid);
}
