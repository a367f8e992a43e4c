import { stat } from "node:fs/promises";
import type { RestorePlan } from "../restore-plan.ts";
import { PORTION } from "./portions.ts";

/** Largest archive that is read while its sender waits. */
export const WAITED_BYTES = 8_388_608;

/** Largest sum of the files of a small restore. */
const SMALL_BYTES = 33_554_432;

/** Whether an archive is small enough to be read while its sender waits. */
export async function isReadAtOnce(path: string): Promise<boolean> {
  return (await stat(path)).size <= WAITED_BYTES;
}

/** Whether a restore is small enough for one transaction. */
export async function isSmall({
  archive,
  added,
  overwritten,
  removed,
}: RestorePlan): Promise<boolean> {
  const links = added.length + overwritten.length + removed.length;
  if (links > PORTION.links || archive.summary.bytes > SMALL_BYTES) return false;
  return (await countPages(archive.hours())) <= 1;
}

async function countPages(pages: AsyncIterable<unknown>): Promise<number> {
  let count = 0;
  for await (const _ of pages) if (++count > 1) break;
  return count;
}
