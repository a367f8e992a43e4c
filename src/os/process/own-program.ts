import { join } from "node:path";

/** The command that starts this program again: the compiled executable, or Bun with its source. */
export function ownProgram(): readonly string[] {
  const isCompiled = import.meta.dir.startsWith("/$bunfs/");
  return isCompiled
    ? [process.execPath]
    : [process.execPath, join(import.meta.dir, "../../main.ts")];
}
