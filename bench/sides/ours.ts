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
  /** Value of `--workers`; null for the program's default. */
  readonly workers?: string | null;
  /** Arguments of Bun itself, before the program. */
  readonly bunWords?: readonly string[];
  /** Additional settings. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Our server, started as an operator does. */
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
    throw new Unready("This program has no `serve --workers`.");
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
    // Set by bin/trunk8, too.
    MIMALLOC_PURGE_DELAY: "1000",
    NODE_ENV: "production",
    TRUNK8_OPS_LISTEN: "127.0.0.1:0",
    // Here, all requests come from one account and one address.
    TRUNK8_LIMITS_ACCOUNT_PER_MINUTE: "0",
    TRUNK8_LIMITS_STRANGER_PER_MINUTE: "0",
    TRUNK8_LIMITS_ACCOUNT_CPU_MS: "0",
    TRUNK8_LIMITS_STRANGER_CPU_MS: "0",
    TRUNK8_LIMITS_UPLOADS: "0",
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
