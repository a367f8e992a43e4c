import { dirname } from "node:path";
import { Unready } from "../machine/child.ts";
import { findFreePort, type Side, startSide } from "./side.ts";

/** The administrator's password of the server that `startOurs` starts. */
export const ADMIN_PASSWORD = "bench-password-7d1f";

export interface OursOptions {
  /** The `src/main.ts` to run. */
  readonly program: string;
  readonly dataFolder: string;
  readonly folder: string;
  readonly name?: string;
  /** For `--workers`; null: what the program does by itself. */
  readonly workers?: string | null;
  /** Words for Bun itself, before the program. */
  readonly bunWords?: readonly string[];
  /** Settings beyond the usual. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Our server as an operator starts it. */
export function startOurs(options: OursOptions): Promise<Side> {
  const { program, folder, name = "trunk8" } = options;
  const port = findFreePort();
  return startSide({
    name,
    command: oursCommand(options, port),
    cwd: dirname(dirname(program)),
    env: oursEnvironment(options.env),
    port,
    folder,
  });
}

export function oursCommand(
  { program, dataFolder, bunWords = [], workers = null }: OursOptions,
  port: number,
): string[] {
  if (workers !== null && !knowsWorkers(program))
    throw new Unready("This program has no `serve --workers` yet.");
  return [
    ...[process.execPath, "--no-env-file", ...bunWords, program, "serve"],
    ...["--listen", `127.0.0.1:${port}`, "--data", dataFolder],
    ...(workers === null ? [] : ["--workers", workers]),
  ];
}

export function oursEnvironment(env: OursOptions["env"] = {}): Record<string, string> {
  return {
    TRUNK8_ADMIN_PASSWORD: ADMIN_PASSWORD,
    TRUNK8_SECRET_KEY: "bench-secret-key-of-32-characters",
    // As bin/trunk8 sets it.
    MIMALLOC_PURGE_DELAY: "-1",
    TRUNK8_OPS_LISTEN: "127.0.0.1:0",
    // One account and one address ask for everything here.
    TRUNK8_LIMITS_ACCOUNT_PER_MINUTE: "0",
    TRUNK8_LIMITS_STRANGER_PER_MINUTE: "0",
    ...env,
  };
}

/** Whether the program can run as several processes. */
export function knowsWorkers(program: string): boolean {
  const { stdout, stderr } = Bun.spawnSync([process.execPath, program, "serve", "--help"], {
    cwd: dirname(dirname(program)),
  });
  return `${stdout}${stderr}`.includes("--workers");
}
