import { runScript } from "./child.ts";
import { percentile } from "./stats.ts";

export interface CreatesOrder {
  readonly port: number;
  /** The `Cookie` header of someone who is signed in. */
  readonly cookie: string;
  /** What the short codes begin with; each run needs its own. */
  readonly prefix: string;
  readonly seconds: number;
  readonly perSecond: number;
}

export interface CreatesResult {
  /** Answered with 201, so durable. */
  readonly acknowledged: number;
  readonly refused: number;
  /** Over the time until the last answer came. */
  readonly perSecond: number;
  /** How long a create took from the moment it was due. */
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Makes links at an even rate through the form that browsers post, from a process of its own. */
export function runCreates(order: CreatesOrder): Promise<CreatesResult> {
  return runScript<CreatesResult>(import.meta.path, order);
}

/** Signs in as the administrator; gives the `Cookie` header. */
export async function signIn(port: number, password: string): Promise<string> {
  const answer = await fetch(`http://127.0.0.1:${port}/auth/login`, {
    method: "POST",
    body: new URLSearchParams({ password }),
    redirect: "manual",
  });
  const cookie = answer.headers.getSetCookie()[0]?.split(";")[0];
  if (answer.status === 303 && cookie !== undefined) return cookie;
  throw new Error(`Signing in was answered with ${answer.status}.`);
}

/** Milliseconds that one create took, or null when it was refused. */
async function createLink(order: CreatesOrder, at: number, dueAt: number): Promise<number | null> {
  const shortCode = `${order.prefix}-${at}`;
  const answer = await fetch(`http://127.0.0.1:${order.port}/add`, {
    method: "POST",
    headers: { cookie: order.cookie, accept: "application/json" },
    body: new URLSearchParams({
      link_type: "redirect",
      short_code: shortCode,
      url: `https://www.shop.example/made/${shortCode}`,
    }),
    redirect: "manual",
  }).catch(() => null);
  await answer?.arrayBuffer();
  return answer?.status === 201 ? performance.now() - dueAt : null;
}

async function createEvenly(order: CreatesOrder): Promise<CreatesResult> {
  const start = performance.now();
  const creates: Promise<number | null>[] = [];
  for (let at = 0; at < order.seconds * order.perSecond; at++) {
    const dueAt = start + (at * 1000) / order.perSecond;
    await Bun.sleep(Math.max(0, dueAt - performance.now()));
    creates.push(createLink(order, at, dueAt));
  }
  const times = (await Promise.all(creates)).filter((time) => time !== null);
  const seconds = Math.max(order.seconds, (performance.now() - start) / 1000);
  const sorted = times.toSorted((a, b) => a - b);
  return {
    acknowledged: times.length,
    refused: creates.length - times.length,
    perSecond: times.length / seconds,
    p50Ms: percentile(sorted, 50),
    p99Ms: percentile(sorted, 99),
  };
}

if (import.meta.main) {
  const result = await createEvenly(JSON.parse(process.argv[2] ?? "") as CreatesOrder);
  process.stdout.write(`${JSON.stringify(result)}\n`);
}
