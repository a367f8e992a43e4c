import type { Timing } from "./compare.ts";
import { settle } from "./cpu.ts";
import { type CreatesResult, runCreates, signIn } from "./creates.ts";
import { runPace } from "./pace.ts";
import { ADMIN_PASSWORD, type Side } from "./sides.ts";
import { type Spread, spreadOf } from "./stats.ts";
import { runWrk } from "./wrk.ts";

/** `saturated`: wrk, as fast as it goes. `paced`: an even rate that leaves the processors time. */
export const manners = ["saturated", "paced"] as const;
export type Manner = (typeof manners)[number];

/** Opening links while nothing else happens, and while links are made. */
export interface Disturbance {
  readonly manner: Manner;
  readonly quietP99Ms: Spread;
  readonly busyP99Ms: Spread;
  /** Of the medians. */
  readonly ratio: number;
  readonly requests: number;
  readonly failed: number;
  readonly creates: readonly CreatesResult[];
}

export const CREATES_PER_SECOND = 200;
export const PACED_PER_SECOND = 2000;

/** Creates begin before the load does and end after it. */
const MARGIN_SECONDS = 0.75;

/** Alternates quiet and busy loads on one server, at saturation and at an even rate. */
export async function measureDisturbance(
  { port, pid }: Side,
  requestsFile: string,
  { seconds, rounds }: Timing,
): Promise<Disturbance[]> {
  const cookie = await signIn(port, ADMIN_PASSWORD);
  const results: Disturbance[] = [];
  for (const manner of manners) {
    const load = () => runLoad(manner, { port, requestsFile, seconds });
    const makeLinks = (round: number) =>
      runCreates({
        port,
        cookie,
        prefix: `made-${manner}-${round}`,
        seconds: seconds + 2 * MARGIN_SECONDS,
        perSecond: CREATES_PER_SECOND,
      });
    await settle(pid);
    results.push(await alternate(manner, rounds, load, makeLinks));
  }
  return results;
}

/**
 * The p99 of an even rate on a server that does nothing besides: what this machine and the measuring cost.
 * A quiet p99 near it says little about our server.
 */
export async function measureFloor(
  { port }: Side,
  requestsFile: string,
  { seconds, rounds }: Timing,
): Promise<Spread> {
  const p99s: number[] = [];
  for (let round = 0; round < rounds; round++) {
    p99s.push((await runLoad("paced", { port, requestsFile, seconds })).p99Ms);
  }
  return spreadOf(p99s);
}

interface LoadResult {
  readonly requests: number;
  readonly failed: number;
  readonly p99Ms: number;
}

function runLoad(
  manner: Manner,
  order: { port: number; requestsFile: string; seconds: number },
): Promise<LoadResult> {
  switch (manner) {
    case "saturated":
      return runWrk(order);
    case "paced":
      return runPace({ ...order, perSecond: PACED_PER_SECOND });
  }
}

async function alternate(
  manner: Manner,
  rounds: number,
  load: () => Promise<LoadResult>,
  makeLinks: (round: number) => Promise<CreatesResult>,
): Promise<Disturbance> {
  const quiet: LoadResult[] = [];
  const busy: LoadResult[] = [];
  const creates: CreatesResult[] = [];
  for (let round = 0; round < rounds; round++) {
    quiet.push(await load());
    const making = makeLinks(round);
    await Bun.sleep(MARGIN_SECONDS * 1000);
    busy.push(await load());
    creates.push(await making);
  }
  return summarize(manner, quiet, busy, creates);
}

function summarize(
  manner: Manner,
  quiet: readonly LoadResult[],
  busy: readonly LoadResult[],
  creates: readonly CreatesResult[],
): Disturbance {
  const quietP99Ms = spreadOf(quiet.map(({ p99Ms }) => p99Ms));
  const busyP99Ms = spreadOf(busy.map(({ p99Ms }) => p99Ms));
  const all = [...quiet, ...busy];
  return {
    manner,
    quietP99Ms,
    busyP99Ms,
    ratio: busyP99Ms.median / quietP99Ms.median,
    requests: all.reduce((sum, { requests }) => sum + requests, 0),
    failed: all.reduce((sum, { failed }) => sum + failed, 0),
    creates,
  };
}
