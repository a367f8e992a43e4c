import { readRss } from "../machine/cpu.ts";
import { percentile } from "../stats.ts";
import type { Site } from "./site.ts";
import { OPENED } from "./site.ts";

/** Response times of one kind of request. */
export interface Probe {
  readonly name: ProbeName;
  readonly requests: number;
  readonly failed: number;
  readonly p99Ms: number;
  readonly longestMs: number;
}

export const probeNames = ["health", "redirect", "home", "create"] as const;
export type ProbeName = (typeof probeNames)[number];

/** What others noticed of an attack. */
export interface Watch {
  readonly probes: readonly Probe[];
  readonly seconds: number;
  /** Resident memory of the server's processes: before, at its highest, and a while after. */
  readonly before: number;
  readonly highest: number;
  readonly after: number;
  /** Longest delay of this program's own timer: what the machine adds. */
  readonly lateMs: number;
}

const EVERY_MS = 50;
const MEMORY_EVERY_MS = 200;
const PATIENCE_MS = 60_000;

/** Asks every 50 ms until `work` has ended, and for a second longer. */
export async function watch(site: Site, work: Promise<unknown>, afterMs: number): Promise<Watch> {
  const before = readRss(site.pid);
  let highest = before;
  const asked = new Map(probeNames.map((name) => [name, [] as Promise<number | null>[]]));
  let lateMs = 0;
  let isOver = false;
  const memory = setInterval(() => {
    highest = Math.max(highest, readRss(site.pid));
  }, MEMORY_EVERY_MS);
  const ending = work.then(
    () => Bun.sleep(1000),
    () => {},
  );
  ending.finally(() => {
    isOver = true;
  });
  const start = performance.now();
  for (let dueAt = start; !isOver; dueAt += EVERY_MS) {
    await Bun.sleep(Math.max(0, dueAt - performance.now()));
    lateMs = Math.max(lateMs, performance.now() - dueAt);
    for (const name of probeNames) asked.get(name)?.push(ask(site, name));
  }
  const seconds = (performance.now() - start) / 1000;
  const probes = await Promise.all(
    probeNames.map((name) => summarize(name, asked.get(name) ?? [])),
  );
  clearInterval(memory);
  await Bun.sleep(afterMs);
  return { probes, seconds, before, highest, after: readRss(site.pid), lateMs };
}

async function summarize(
  name: ProbeName,
  asked: readonly Promise<number | null>[],
): Promise<Probe> {
  const times = await Promise.all(asked);
  const sorted = times.filter((ms) => ms !== null).toSorted((a, b) => a - b);
  return {
    name,
    requests: times.length,
    failed: times.length - sorted.length,
    p99Ms: percentile(sorted, 99),
    longestMs: sorted.at(-1) ?? Number.NaN,
  };
}

let created = 0;

/** Milliseconds; null for an answer that is not the expected one. On a new connection, which reaches any worker. */
async function ask({ port, cookies }: Site, name: ProbeName): Promise<number | null> {
  const { path, status, init } = requestFor(name, cookies);
  const beganAt = performance.now();
  try {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
      ...init,
      redirect: "manual",
      keepalive: false,
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    await answer.arrayBuffer();
    return answer.status === status ? performance.now() - beganAt : null;
  } catch {
    return null;
  }
}

interface ProbeRequest {
  readonly path: string;
  readonly status: number;
  readonly init?: RequestInit;
}

function requestFor(name: ProbeName, cookies: Site["cookies"]): ProbeRequest {
  switch (name) {
    case "health":
      return { path: "/health", status: 200 };
    case "redirect":
      return { path: `/${OPENED}`, status: 302 };
    case "home":
      return { path: "/", status: 200, init: { headers: { cookie: cookies.alice ?? "" } } };
    case "create": {
      const headers = { cookie: cookies.bob ?? "", accept: "application/json" };
      const short_code = `bob-${++created}`;
      const fields = { link_type: "redirect", short_code, url: "https://example.com/" };
      const body = new URLSearchParams(fields);
      return { path: "/add", status: 201, init: { method: "POST", headers, body } };
    }
  }
}
