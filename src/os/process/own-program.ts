import { join } from "node:path";

const isCompiled = import.meta.dir.startsWith("/$bunfs/");
const isSource = import.meta.path.endsWith("/src/os/process/own-program.ts");

/** The command that starts this program again: the compiled executable, or Bun with its bundle or source. */
export function ownProgram(): readonly string[] {
  if (isCompiled) return [process.execPath];
  return [process.execPath, join(import.meta.dir, isSource ? "../../main.ts" : "main.ts")];
}

/** Whether it runs from its source, which takes twice as long to start. */
export const runsFromSource = isSource;
