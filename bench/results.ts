import { mkdirSync } from "node:fs";
import { join } from "node:path";

/** Writes what a bench found out to bench/results; gives the file. */
export async function saveResult(name: string, result: { readonly at: string }): Promise<string> {
  const results = join(import.meta.dir, "results");
  mkdirSync(results, { recursive: true });
  const path = join(results, `${name}-${result.at.slice(0, 19).replaceAll(":", "")}.json`);
  await Bun.write(path, `${JSON.stringify(result, null, 2)}\n`);
  return path;
}
