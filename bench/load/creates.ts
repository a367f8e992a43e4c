import { endScript, readScriptOrder, runScript } from "../machine/child.ts";
import { percentile } from "../stats.ts";
import { inTurn } from "./in-turn.ts";

/** `perSecond`: a constant rate. `clients`: this many clients, each posting again after its response. */
export type CreatesMode = { readonly perSecond: number } | { readonly clients: number };

export interface CreatesOrder {
  readonly port: number;
  /** `Cookie` header of a session, or an API key: then links are created through the API. */
  readonly by: { readonly cookie: string } | { readonly key: string };
  /** Prefix of the short codes, different in each run. */
  readonly prefix: string;
  readonly seconds: number;
  readonly mode: CreatesMode;
  /** Pages of the list to read meanwhile, with a session. */
  readonly listsPerSecond: number;
}

export interface CreatesResult {
  /** Responses with 201: these links are durable. */
  readonly acknowledged: number;
  readonly refused: number;
  /** Average over the time until the last response. */
  readonly perSecond: number;
  /** Duration of a create, at a constant rate from the moment it was due. */
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Creates links through the form that browsers post, or through the API, from a separate process. */
export function runCreates(order: CreatesOrder): Promise<CreatesResult> {
  return runScript<CreatesResult>(import.meta.path, order);
}

/** Duration of one create in milliseconds, or null if it was refused. */
async function createLink(order: CreatesOrder, at: number, dueAt: number): Promise<number | null> {
  const shortCode = `${order.prefix}-${at}`;
  const target = `https://www.shop.example/made/${shortCode}`;
  const { path, ...init } =
    "key" in order.by
      ? byApi(order.by.key, { short_code: shortCode, target })
      : byForm(order.by.cookie, { link_type: "redirect", short_code: shortCode, url: target });
  const url = `http://127.0.0.1:${order.port}${path}`;
  const answer = await fetch(url, { ...init, method: "POST", redirect: "manual" }).catch(
    () => null,
  );
  await answer?.arrayBuffer();
  return answer?.status === 201 ? performance.now() - dueAt : null;
}

function byForm(cookie: string, fields: Record<string, string>) {
  const headers = { cookie, accept: "application/json" };
  return { path: "/add", headers, body: new URLSearchParams(fields) };
}

function byApi(key: string, link: object) {
  const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
  return { path: "/api/v1/links", headers, body: JSON.stringify(link) };
}

async function readList({ port, by }: CreatesOrder): Promise<null> {
  if (!("cookie" in by)) throw new Error("The list needs a session.");
  const { cookie } = by;
  const answer = await fetch(`http://127.0.0.1:${port}/links`, { headers: { cookie } });
  await answer.arrayBuffer();
  if (answer.status !== 200) throw new Error(`The list returned ${answer.status}.`);
  return null;
}

/** Starts work at a constant rate, and waits until all is finished. */
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
  const { mode, seconds } = order;
  const create = (at: number, dueAt: number) => createLink(order, at, dueAt);
  const start = performance.now();
  const lists = evenly(order.listsPerSecond, seconds, () => readList(order));
  const all =
    "clients" in mode
      ? await inTurn(mode.clients, seconds, create)
      : await evenly(mode.perSecond, seconds, create);
  const spent = Math.max(seconds, (performance.now() - start) / 1000);
  await lists;
  return summarizeCreates(all, spent);
}

/** Summarizes the durations in milliseconds; null for refused creates. */
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
