import { runForJson } from "../machine/child.ts";

export interface WrkOrder {
  readonly port: number;
  readonly requestsFile: string;
  readonly seconds: number;
}

export interface WrkResult {
  readonly requests: number;
  /** Requests that failed, or got a status of 400 or more. */
  readonly failed: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Requests in flight when wrk stops, one per connection: perhaps answered, and not counted by wrk. */
export const CONNECTIONS = 64;

const script = new URL("./wrk.lua", import.meta.url).pathname;

/** Loads a server on this machine at its highest rate. */
export async function runWrk({ port, requestsFile, seconds }: WrkOrder): Promise<WrkResult> {
  const figures = await runForJson<WrkFigures>([
    ...["wrk", "-t1", `-c${CONNECTIONS}`, `-d${seconds}s`, "-s", script],
    ...[`http://127.0.0.1:${port}/`, "--", requestsFile],
  ]);
  return {
    requests: figures.requests,
    failed: figures.failed,
    perSecond: figures.requests / (figures.micros / 1e6),
    p50Ms: figures.p50 / 1000,
    p99Ms: figures.p99 / 1000,
  };
}

/** The output of wrk.lua; times in microseconds. */
interface WrkFigures {
  readonly requests: number;
  readonly micros: number;
  readonly failed: number;
  readonly p50: number;
  readonly p99: number;
}
