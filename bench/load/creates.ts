import { endScript, readScriptOrder, runScript } from "../machine/child.ts";
import { percentile } from "../stats.ts";
import { inTurn } from "./in-turn.ts";

/** `perSecond`: posted at an even rate. `clients`: so many, each posting again once it is answered. */
export type CreatesManner = { readonly perSecond: number } | { readonly clients: number };

export interface CreatesOrder {
  readonly port: number;
  /** The `Cookie` header of someone who is signed in. */
  readonly cookie: string;
  /** What the short codes begin with; each run needs its own. */
  readonly prefix: string;
  readonly seconds: number;
  readonly manner: CreatesManner;
  /** Pages of the list that are read meanwhile. */
  readonly listsPerSecond: number;
}

export interface CreatesResult {
  /** Answered with 201, so durable. */
  readonly acknowledged: number;
  readonly refused: number;
  /** Over the time until the last answer came. */
  readonly perSecond: number;
  /** How long a create took, at an even rate from the moment it was due. */
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Makes links through the form that browsers post, from a process of its own. */
export function runCreates(order: CreatesOrder): Promise<CreatesResult> {
  return runScript<CreatesResult>(import.meta.path, order);
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

async function readList({ port, cookie }: CreatesOrder): Promise<null> {
  const answer = await fetch(`http://127.0.0.1:${port}/links`, { headers: { cookie } });
  await answer.arrayBuffer();
  if (answer.status !== 200) throw new Error(`The list was answered with ${answer.status}.`);
  return null;
}

/** Begins something at an even rate, and waits for all of it. */
async function evenly<T>(
  perSecond: number,
  seconds: number,
  begin: (at: number, dueAt: number) => Promise<T>,
): Promise<T[]> {
  const start = performance.now();
  const begun: Promise<T>[] = [];
  for (let at = 0; at < seconds * perSecond; at++) {
    const dueAt = start + (at * 1000) / perSecond;
    await Bun.sleep(Math.max(0, dueAt - performance.now()));
    begun.push(begin(at, dueAt));
  }
  return await Promise.all(begun);
}

async function createAll(order: CreatesOrder): Promise<CreatesResult> {
  const { manner, seconds } = order;
  const create = (at: number, dueAt: number) => createLink(order, at, dueAt);
  const start = performance.now();
  const lists = evenly(order.listsPerSecond, seconds, () => readList(order));
  const all =
    "clients" in manner
      ? await inTurn(manner.clients, seconds, create)
      : await evenly(manner.perSecond, seconds, create);
  const spent = Math.max(seconds, (performance.now() - start) / 1000);
  await lists;
  return summarizeCreates(all, spent);
}

/** From the milliseconds that each took, null for those that were refused. */
export function summarizeCreates(
  times: readonly (number | null)[],
  seconds: number,
): CreatesResult {
  const sorted = times.filter((time) => time !== null).sort((a, b) => a - b);
  return {
    acknowledged: sorted.length,
    refused: times.length - sorted.length,
    perSecond: sorted.length / seconds,
    p50Ms: percentile(sorted, 50),
    p99Ms: percentile(sorted, 99),
  };
}

if (import.meta.main) await endScript(await createAll(readScriptOrder<CreatesOrder>()));
