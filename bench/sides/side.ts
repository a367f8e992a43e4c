import { join } from "node:path";
import { toolPath } from "../machine/child.ts";

/** A server to measure; stopped when it goes out of scope. */
export interface Side extends AsyncDisposable {
  readonly name: string;
  readonly port: number;
  readonly pid: number;
  /** Stops it and waits for its end; stopping twice has no effect. */
  stop(): Promise<void>;
}

export interface Launch {
  readonly name: string;
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly port: number;
  /** File for its output. */
  readonly folder: string;
  /** Folder where Bun looks for tsconfig.json. Default: `folder`. */
  readonly cwd?: string;
}

/** Starts a server and waits until it responds. */
export async function startSide({
  name,
  command,
  env = {},
  port,
  folder,
  cwd = folder,
}: Launch): Promise<Side> {
  const log = Bun.file(join(folder, `${name.replaceAll(/\W+/g, "-")}-${port}.log`));
  const child = Bun.spawn([...command], {
    cwd,
    env: { HOME: folder, PATH: toolPath, ...env },
    stdin: "ignore",
    stdout: log,
    stderr: log,
  });
  const stop = () => stopChild(child);
  try {
    await waitUntilAnswering(child, port);
  } catch (error) {
    await stop();
    throw new Error(`${name} did not start: ${await log.text()}`, { cause: error });
  }
  return { name, port, pid: child.pid, stop, [Symbol.asyncDispose]: stop };
}

async function waitUntilAnswering(child: Bun.Subprocess, port: number): Promise<void> {
  for (let tries = 0; tries < 200 && child.exitCode === null; tries++) {
    await Bun.sleep(50);
    const answer = await fetch(`http://127.0.0.1:${port}/`, { redirect: "manual" }).catch(
      () => null,
    );
    if (answer !== null) return;
  }
  throw new Error(child.exitCode === null ? "no response in time" : `exit code ${child.exitCode}`);
}

const STOP_MS = 20_000;

/** Stops the process gracefully, or by force after a timeout. */
export async function stopChild(child: Bun.Subprocess): Promise<void> {
  const timer = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
  child.kill("SIGTERM");
  await child.exited;
  clearTimeout(timer);
}

export function findFreePort(): number {
  const probe = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
  const { port } = probe;
  probe.stop(true);
  return port;
}
