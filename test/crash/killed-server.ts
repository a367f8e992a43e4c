import { PROGRAM_FILE } from "../cli/program-file.ts";

export const PASSWORD = "a quiet Tuesday";

/** When a server is killed: some time after its start, or at its n-th system call with one of these names. */
export type KillPoint =
  | { readonly name: "time"; readonly afterMs: number }
  | {
      readonly name: string;
      readonly calls: string;
      /** Only calls on these files count. */
      readonly paths: readonly string[];
      readonly at: number;
    };

/** A real server process that is killed during a test. */
export interface KilledServer {
  readonly origin: string;
  /** Resolves when the process has exited for any reason. */
  readonly exited: Promise<unknown>;
  kill(signal: "SIGKILL" | "SIGTERM"): void;
}

/** Starts a server on `dataFolder`; returns null if it was killed before it was ready. */
export async function startServer(
  dataFolder: string,
  killPoint: KillPoint,
): Promise<KilledServer | null> {
  const serve = [
    process.execPath,
    "--no-env-file",
    PROGRAM_FILE,
    "serve",
    "--listen",
    "127.0.0.1:0",
  ];
  const child = Bun.spawn([...straceArguments(killPoint), ...serve], {
    stdin: "ignore",
    stdout: "pipe",
    stderr: "ignore",
    env: {
      PATH: process.env.PATH,
      TRUNK8_DATA: dataFolder,
      TRUNK8_ADMIN_PASSWORD: PASSWORD,
      TRUNK8_APP_EXAMPLES: "false",
      TRUNK8_OPS_LISTEN: "",
      TRUNK8_LIMITS_ACCOUNT_PER_MINUTE: "0",
      TRUNK8_LIMITS_STRANGER_PER_MINUTE: "0",
      TRUNK8_LIMITS_UPLOADS: "0",
    },
  });
  const origin = await readOrigin(child.stdout);
  if (origin === null) return null;
  return { origin, exited: child.exited, kill: (signal) => child.kill(signal) };
}

/** With `-D`, strace is the child of the traced process, so that our child process is the server itself. */
function straceArguments(killPoint: KillPoint): string[] {
  if (!("calls" in killPoint)) return [];
  const { calls, paths, at } = killPoint;
  return [
    ...["strace", "-D", "-f", "--seccomp-bpf", "-qq", "-o", "/dev/null"],
    ...paths.flatMap((path) => ["-P", path]),
    ...["-e", `trace=${calls}`, "-e", `inject=${calls}:signal=KILL:when=${at}`],
  ];
}

/** Reads the address that a server prints when it starts. */
async function readOrigin(output: ReadableStream<Uint8Array>): Promise<string | null> {
  let said = "";
  for await (const chunk of output) {
    said += Buffer.from(chunk).toString();
    const origin = /http:\/\/127\.0\.0\.1:\d+/.exec(said)?.[0];
    if (origin !== undefined) return origin;
  }
  return null;
}

/** Signs in as the administrator; returns the `Cookie` header. */
export async function signIn(origin: string): Promise<string> {
  const answer = await fetch(`${origin}/auth/login`, {
    method: "POST",
    body: new URLSearchParams({ password: PASSWORD }),
    redirect: "manual",
  });
  const cookie = answer.headers.getSetCookie()[0]?.split(";")[0];
  if (cookie === undefined) throw new Error(`Signing in returned ${answer.status}.`);
  return cookie;
}
