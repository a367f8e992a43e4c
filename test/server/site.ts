import { readFileSync } from "node:fs";
import { join } from "node:path";
import { PROGRAM_FILE } from "../cli/program-file.ts";

export const PASSWORD = "a quiet Tuesday";

export interface SiteOptions {
  readonly dataFolder: string;
  /** Of `server.workers`; empty for one process with nobody above it. */
  readonly workers?: number | "";
  readonly listen?: string;
  /** How many files and connections each process may have open; default: as many as here. */
  readonly openFiles?: number;
  /** The control group that its processes are in. */
  readonly controlGroup?: string;
  /** What runs it; default: Bun, from source. */
  readonly program?: readonly string[];
  /** Settings as the environment gives them. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A real `trunk8 serve`, with whatever workers it has. */
export interface Site {
  readonly pid: number;
  /** `http://127.0.0.1:PORT`; on sockets their places. */
  readonly origin: string;
  readonly exited: Promise<number>;
  /** Lines of its log until now. */
  readonly log: readonly Line[];
  /** Processes of its workers that live now. */
  workers(): number[];
  kill(signal: NodeJS.Signals): void;
  /** SIGTERM, and its exit code. */
  stop(): Promise<number>;
}

/** One line of the log. */
export interface Line {
  readonly message: string;
  readonly [field: string]: unknown;
}

/**
 * Starts a site and waits until it answers.
 * @throws Error with its log where it ends before
 */
export async function startSite({
  dataFolder,
  workers = 2,
  listen = "127.0.0.1:0",
  openFiles,
  controlGroup,
  program = [process.execPath, "--no-env-file", PROGRAM_FILE],
  env = {},
}: SiteOptions): Promise<Site> {
  const words = [
    "serve",
    "--listen",
    listen,
    ...(workers === "" ? [] : ["--workers", `${workers}`]),
  ];
  const limits = [
    ...(openFiles === undefined ? [] : [`ulimit -n ${openFiles}`]),
    ...(controlGroup === undefined ? [] : [`echo $$ > ${join(controlGroup, "cgroup.procs")}`]),
  ];
  const limited =
    limits.length === 0 ? [] : ["sh", "-ec", [...limits, 'exec "$0" "$@"'].join("; ")];
  const child = Bun.spawn([...limited, ...program, ...words], {
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
    env: {
      PATH: process.env.PATH,
      TRUNK8_DATA: dataFolder,
      TRUNK8_ADMIN_PASSWORD: PASSWORD,
      TRUNK8_APP_EXAMPLES: "false",
      TRUNK8_OPS_LISTEN: "",
      TRUNK8_LIMITS_ACCOUNT_PER_MINUTE: "0",
      TRUNK8_LIMITS_STRANGER_PER_MINUTE: "0",
      TRUNK8_LIMITS_ACCOUNT_CPU_MS: "0",
      TRUNK8_LIMITS_STRANGER_CPU_MS: "0",
      ...env,
    },
  });
  const log: Line[] = [];
  const logged = keepLines(child.stderr, log);
  const origin = await readOrigin(child.stdout);
  if (origin === null) {
    await logged;
    throw new Error(`The site ended with ${await child.exited}: ${JSON.stringify(log)}`);
  }
  return {
    pid: child.pid,
    origin,
    exited: child.exited,
    log,
    workers: () => childrenOf(child.pid),
    kill: (signal) => child.kill(signal),
    stop: () => {
      child.kill("SIGTERM");
      return child.exited;
    },
  };
}

/** Signs in as the administrator; returns the `Cookie` header. */
export async function signIn(origin: string): Promise<string> {
  const body = new URLSearchParams({ password: PASSWORD });
  const answer = await fetch(`${origin}/auth/login`, { method: "POST", body, redirect: "manual" });
  const cookie = answer.headers.getSetCookie()[0]?.split(";")[0];
  if (cookie === undefined) throw new Error(`Signing in was answered with ${answer.status}.`);
  return cookie;
}

/** Makes a link that leads to `url`, by the form. */
export async function addLink(origin: string, cookie: string, code: string, url: string) {
  const body = new URLSearchParams({ link_type: "redirect", short_code: code, url });
  const headers = { cookie, accept: "application/json" };
  const answer = await fetch(`${origin}/add`, { method: "POST", body, headers });
  if (answer.status !== 201) throw new Error(`${code} was answered with ${answer.status}.`);
}

/** Waits until something is so, and fails where it is not after so many milliseconds. */
export async function until(isTrue: () => boolean | Promise<boolean>, ms = 60_000): Promise<void> {
  const deadline = performance.now() + ms;
  while (!(await isTrue())) {
    if (performance.now() > deadline) throw new Error(`Not after ${ms} ms: ${isTrue}`);
    await Bun.sleep(20);
  }
}

/** Whether a process lives; one that is dead and not yet waited for does not. */
export function isAlive(pid: number): boolean {
  try {
    return !readFileSync(`/proc/${pid}/stat`, "utf8").includes(") Z ");
  } catch {
    return false;
  }
}

function childrenOf(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8");
  return children.split(" ").filter(Boolean).map(Number).filter(isAlive);
}

async function readOrigin(output: ReadableStream<Uint8Array>): Promise<string | null> {
  let said = "";
  for await (const chunk of output) {
    said += Buffer.from(chunk).toString();
    const origin = /(http:\/\/127\.0\.0\.1:\d+|unix:\S+)/.exec(said)?.[0];
    if (origin !== undefined) return origin;
  }
  return null;
}

async function keepLines(output: ReadableStream<Uint8Array>, lines: Line[]): Promise<void> {
  let rest = "";
  for await (const chunk of output) {
    const parts = (rest + Buffer.from(chunk).toString()).split("\n");
    rest = parts.pop() ?? "";
    for (const part of parts)
      lines.push(part.startsWith("{") ? JSON.parse(part) : { message: part });
  }
}
