import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Result } from "./bench.ts";

/** Folder of the results, ignored by git. */
export const resultsFolder = join(import.meta.dir, "results");

/** Saves a result; returns its path. */
export async function saveResult(result: Result): Promise<string> {
  const path = `${placeOfResult(result.bench, result.at)}.json`;
  await Bun.write(path, `${JSON.stringify(result, null, 2)}\n`);
  return path;
}

/** Path in the folder of results, named by benchmark and time, without an extension. */
export function placeOfResult(bench: string, at: string): string {
  mkdirSync(resultsFolder, { recursive: true });
  return join(resultsFolder, `${bench}-${at.slice(0, 19).replaceAll(":", "")}`);
}

/** The newest result of each of these benchmarks, if there is one. */
export async function readNewest(benches: readonly string[]): Promise<Result[]> {
  const files = readdirSync(resultsFolder).toSorted().toReversed();
  const results: Result[] = [];
  for (const bench of benches) {
    const ofBench = files.filter((file) => file.startsWith(`${bench}-`) && file.endsWith(".json"));
    const newest = await readFirst(ofBench);
    if (newest !== null) results.push(newest);
  }
  return results;
}

/** Results of an earlier format have no tables. */
async function readFirst(files: readonly string[]): Promise<Result | null> {
  for (const file of files) {
    const result = (await Bun.file(join(resultsFolder, file)).json()) as Partial<Result>;
    if (result.tables !== undefined) return result as Result;
  }
  return null;
}
