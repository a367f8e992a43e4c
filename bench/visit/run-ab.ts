import { toolPath } from "../machine/child.ts";

export interface AbResult {
  readonly requests: number;
  readonly failed: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

const CLIENTS = 16;

/** Asks for one URL with ab, each time on a new connection. */
export async function runAb(url: string, requests: number): Promise<AbResult> {
  const words = ["ab", "-q", "-n", String(requests), "-c", String(CLIENTS), "-f", "TLS1.3"];
  const child = Bun.spawn([...words, "-H", "Host: x.example", url], {
    env: { PATH: toolPath },
    stdin: "ignore",
    stderr: "pipe",
  });
  const [output, errors] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  if ((await child.exited) !== 0) throw new Error(`ab failed: ${errors}`);
  const figure = (pattern: RegExp) => Number(pattern.exec(output)?.[1] ?? NaN);
  const complete = figure(/^Complete requests: +(\d+)/m);
  // ab calls every status but 2xx so.
  const redirects = figure(/^Non-2xx responses: +(\d+)/m) || 0;
  return {
    requests: complete,
    failed: figure(/^Failed requests: +(\d+)/m) + complete - redirects,
    p50Ms: figure(/^ +50% +(\d+)/m),
    p99Ms: figure(/^ +99% +(\d+)/m),
  };
}
