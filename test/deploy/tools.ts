import { LeftOut } from "./report.ts";

export interface Ran {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly input?: string;
}

const SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** The path of a program of the machine. @throws LeftOut where it is not installed */
export function toolPath(name: string): string {
  const path = Bun.which(name, { PATH: SYSTEM_PATH });
  if (path === null) throw new LeftOut(`${name} is not installed`);
  return path;
}

/** Runs a program to its end, whatever that is. */
export async function run(words: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const [name = "", ...rest] = words;
  const child = Bun.spawn([toolPath(name), ...rest], {
    cwd: options.cwd ?? "/",
    env: { PATH: SYSTEM_PATH, LC_ALL: "C.UTF-8", HOME: "/root", ...options.env },
    stdin: new Blob([options.input ?? ""]),
    stdout: "pipe",
    stderr: "pipe",
  });
  const [stdout, stderr, exitCode] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  return { exitCode, stdout, stderr };
}

/** Runs a program that must succeed; gives what it printed. */
export async function runWell(words: readonly string[], options?: RunOptions): Promise<string> {
  const { exitCode, stdout, stderr } = await run(words, options);
  if (exitCode === 0) return stdout;
  throw new Error(`${words[0]} ended with ${exitCode}: ${lastLines(stderr || stdout)}`);
}

function lastLines(text: string): string {
  return text.trim().split("\n").slice(-4).join(" / ");
}

/** Waits until something holds, for so many seconds at most. */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  seconds = 15,
): Promise<void> {
  const end = performance.now() + seconds * 1000;
  while (performance.now() < end) {
    if (await holds()) return;
    await Bun.sleep(25);
  }
  throw new Error(`${what} did not come within ${seconds} s`);
}

/** Says what is wrong where two things differ. */
export function same<T>(what: string, found: T, wanted: T): void {
  if (Bun.deepEquals(found, wanted)) return;
  throw new Error(`${what} is ${JSON.stringify(found)} and not ${JSON.stringify(wanted)}`);
}
