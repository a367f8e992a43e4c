import { codeOf, explainDiskFull } from "../../os/system-error.ts";
import { Problem } from "../../problem.ts";
import { text } from "../text.en.ts";

/** Codes of a folder that is read-only, another user's, no longer mounted, or whose server does not answer. */
const AWAY: ReadonlySet<string> = new Set([
  "EROFS",
  "EACCES",
  "EPERM",
  "ENOENT",
  "ENOTDIR",
  "EIO",
  "ESTALE",
  "ENOTCONN",
  "ENODEV",
  "ENXIO",
  "EHOSTDOWN",
  "EHOSTUNREACH",
  "ETIMEDOUT",
]);

export function storageAway(cause: unknown): Problem {
  return new Problem("busy", text.storageAway, { retryAfterSeconds: 60, cause });
}

/**
 * What the system says of the folder of stored files, as a Problem.
 * @throws Problem `busy`, `storage_full`
 */
export async function explained<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (thrown) {
    if (AWAY.has(codeOf(thrown))) throw storageAway(thrown);
    throw explainDiskFull(thrown);
  }
}

/**
 * Reads from a share: what is open there can become stale when its server restarts, and is found when it is opened again.
 * @param open opens and reads a file
 * @throws Problem `busy` where that fails, too
 */
export async function reopened<T>(open: () => Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (thrown) {
    return await explained(codeOf(thrown) === "ESTALE" ? open() : Promise.reject(thrown));
  }
}

/** A missing file as `or`. */
export async function unlessMissing<Found, Else>(
  work: Promise<Found>,
  or: Else,
): Promise<Found | Else> {
  try {
    return await work;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return or;
    throw error;
  }
}
