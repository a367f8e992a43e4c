import { join } from "node:path";

const MAIN = join(import.meta.dir, "../../src/main.ts");

export const PASSWORD = "a quiet Tuesday";

/** How a server dies: some time after it is loaded, or at its n-th call of the kernel by one of these names. */
export type Death =
  | { readonly name: "time"; readonly afterMs: number }
  | {
      readonly name: string;
      readonly calls: string;
      /** Calls that concern other files do not count. */
      readonly paths: readonly string[];
      readonly at: number;
    };

/** A real server process that will die. */
export interface Victim {
  readonly origin: string;
  /** Resolves when it is dead, however it died. */
  readonly died: Promise<unknown>;
  kill(signal: "SIGKILL" | "SIGTERM"): void;
}

/** Starts a server over `dataFolder`; null when it died before it was ready. */
export async function startVictim(dataFolder: string, death: Death): Promise<Victim | null> {
  const serve = [process.execPath, "--no-env-file", MAIN, "serve", "--listen", "127.0.0.1:0"];
  const child = Bun.spawn([...straceWords(death), ...serve], {
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
    },
  });
  const origin = await readOrigin(child.stdout);
  if (origin === null) return null;
  return { origin, died: child.exited, kill: (signal) => child.kill(signal) };
}

/** `-D` makes strace the child of its victim, so that the process we know is the server itself. */
function straceWords(death: Death): string[] {
  if (!("calls" in death)) return [];
  const { calls, paths, at } = death;
  return [
    ...["strace", "-D", "-f", "--seccomp-bpf", "-qq", "-o", "/dev/null"],
    ...paths.flatMap((path) => ["-P", path]),
    ...["-e", `trace=${calls}`, "-e", `inject=${calls}:signal=KILL:when=${at}`],
  ];
}

/** The address in the words that a server begins with. */
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
  if (cookie === undefined) throw new Error(`Signing in was answered with ${answer.status}.`);
  return cookie;
}
