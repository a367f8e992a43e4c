import { closeSync, openSync, readdirSync, readFileSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { codeOf } from "./system-error.ts";

const OWN_FILES = "/proc/self/fd";

/** Descriptors that are held, for what has to work when connections have taken all others. */
const RESERVED = 8;

const reserved: number[] = [];

/**
 * Runs `work`, which may open a few files and closes them, even where all other descriptors are taken. Nothing else of
 * this thread can take them meanwhile, so `work` is synchronous.
 */
function withReservedFiles<T>(work: () => T): T {
  for (const file of reserved.splice(0)) closeSync(file);
  try {
    return work();
  } finally {
    reserveFiles();
  }
}

/** Takes the reserve, as far as there are descriptors. */
export function reserveFiles(): void {
  try {
    while (reserved.length < RESERVED) reserved.push(openSync("/dev/null", "r"));
  } catch (thrown) {
    if (codeOf(thrown) !== "EMFILE" && codeOf(thrown) !== "ENFILE") throw thrown;
  }
}

/** Lists the descriptors of the files and connections that this process has open; none where the system does not say. */
export function listOpenFiles(): readonly string[] {
  if (process.platform !== "linux") return [];
  return withReservedFiles(() => readdirSync(OWN_FILES));
}

/** How many more files and connections this process can open; Infinity where the system does not say. */
export function countFreeFiles(): number {
  if (process.platform !== "linux") return Number.POSITIVE_INFINITY;
  return withReservedFiles(() => {
    const limit = softLimitIn(readFileSync("/proc/self/limits", "utf8"));
    return (limit ?? Number.POSITIVE_INFINITY) - readdirSync(OWN_FILES).length;
  });
}

/**
 * How many files a process may have open, by /proc; null where the system does not say.
 * @param pid default: this process
 */
export async function readOpenFileLimit(pid: number | "self" = "self"): Promise<number | null> {
  const limits = await readFile(`/proc/${pid}/limits`, "utf8").catch(() => "");
  return softLimitIn(limits);
}

function softLimitIn(limits: string): number | null {
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
