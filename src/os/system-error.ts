import { Problem } from "../problem.ts";
import { text } from "./text.en.ts";

/** Returns the system's code of a failure, such as ENOENT; "" for any other failure. */
export function codeOf(thrown: unknown): string {
  return thrown instanceof Error && "code" in thrown ? String(thrown.code) : "";
}

/** Codes of a write for which there is no space: on the disk, in a quota, in a file. */
const FULL: ReadonlySet<string> = new Set(["ENOSPC", "EDQUOT", "EFBIG"]);

/** The failure as a Problem `storage_full` if the disk is full; else unchanged. */
export function explainDiskFull(thrown: unknown): unknown {
  return FULL.has(codeOf(thrown)) ? diskFull(thrown) : thrown;
}

export function diskFull(cause: unknown): Problem {
  return new Problem("storage_full", text.diskFull, { retryAfterSeconds: 60, cause });
}
