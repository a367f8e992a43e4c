import { join } from "node:path";
import { PROGRAM_FILE } from "./program-file.ts";

export interface Result {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Call {
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string | Uint8Array<ArrayBuffer>;
}

/** Calls the program in `folder`, whose data folder is `data`, as from a terminal. */
export async function callProgram(
  folder: string,
  words: readonly string[],
  { env = {}, input = "" }: Call = {},
): Promise<Result> {
  const child = Bun.spawn([process.execPath, PROGRAM_FILE, ...words], {
    cwd: folder,
    stdin: new Blob([input]),
    stdout: "pipe",
    stderr: "pipe",
    env: {
      PATH: process.env.PATH,
      TRUNK8_DATA: join(folder, "data"),
      TRUNK8_OPS_LISTEN: "",
      TZ: "UTC",
      ...env,
    },
  });
  const [stdout, stderr, exitCode] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  return { exitCode, stdout, stderr };
}
