import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dir, "../..");

/**
 * What a test starts as `trunk8`: the bundle that `npm ci` made, which starts in two thirds of the time, unless the
 * sources have changed since. bin/trunk8 chooses in the same way.
 */
export const PROGRAM_FILE: string = isBundled()
  ? join(root, "dist/program/main.ts")
  : join(root, "src/main.ts");

function isBundled(): boolean {
  const key = join(root, "dist/program/key");
  if (!existsSync(key)) return false;
  const { stdout } = Bun.spawnSync([join(root, "bin/source-key")]);
  return readFileSync(key, "utf8") === stdout.toString();
}
