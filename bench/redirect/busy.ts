import { type CreatesResult, runCreates } from "../load/creates.ts";
import { runOpenLoop } from "../load/open-loop.ts";
import { signIn } from "../load/sign-in.ts";
import { CONNECTIONS, runWrk } from "../load/wrk.ts";
import { settle } from "../machine/cpu.ts";
import { ADMIN_PASSWORD } from "../sides/ours.ts";
import type { Side } from "../sides/side.ts";
import { type Spread, spreadOf } from "../stats.ts";
import type { Timing } from "./compare.ts";
import { MADE_PREFIX } from "./counted.ts";

/** `saturated`: wrk at its highest rate. `paced`: a constant rate that leaves the CPUs idle time. */
export const modes = ["saturated", "paced"] as const;
export type Manner = (typeof modes)[number];

/** Opening links without other load, and while links are created and lists are read. */
export interface Disturbance {
  readonly mode: Manner;
  readonly quietP99Ms: Spread;
  readonly busyP99Ms: Spread;
  /** Ratio of the medians. */
  readonly ratio: number;
  readonly requests: number;
  readonly failed: number;
  /** Responses that may have arrived after the client stopped waiting. */
  readonly underWay: number;
  readonly creates: readonly CreatesResult[];
}

export const CREATES_PER_SECOND = 200;
export const LISTS_PER_SECOND = 10;
export const PACED_PER_SECOND = 2000;
const PACED_CONNECTIONS = 32;

/** Creates begin this long before the load and end this long after it. */
const MARGIN_SECONDS = 0.75;

/** Alternates quiet and busy loads on one server, saturated and at a constant rate. */
export async function measureDisturbance(
  { port, pid }: Side,
  requestsFile: string,
  { seconds, rounds }: Timing,
): Promise<Disturbance[]> {
  const cookie = await signIn(port, ADMIN_PASSWORD);
  const results: Disturbance[] = [];
  for (const mode of modes) {
    const load = () => runLoad(mode, { port, requestsFile, seconds });
    const makeLinks = (round: number) =>
      runCreates({
        port,
        by: { cookie },
        prefix: `${MADE_PREFIX}${mode}-${round}`,
        seconds: seconds + 2 * MARGIN_SECONDS,
        mode: { perSecond: CREATES_PER_SECOND },
        listsPerSecond: LISTS_PER_SECOND,
      });
    await settle(pid);
    results.push(await alternate(mode, rounds, load, makeLinks));
  }
  return results;
}

/**
 * The p99 at a constant rate on a server without other load: the cost of the machine and the measurement.
 * A quiet p99 close to it says little about our server.
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
  mode: Manner,
  { port, requestsFile, seconds }: { port: number; requestsFile: string; seconds: number },
): Promise<LoadResult> {
  switch (mode) {
    case "saturated":
      return runWrk({ port, requestsFile, seconds });
    case "paced":
      return runOpenLoop({
        port,
        seconds,
        perSecond: PACED_PER_SECOND,
        connections: PACED_CONNECTIONS,
        kinds: [{ name: "redirect", share: 100, requestsFile, status: 302 }],
      });
  }
}

async function alternate(
  mode: Manner,
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
  return summarize(mode, quiet, busy, creates);
}

function summarize(
  mode: Manner,
  quiet: readonly LoadResult[],
  busy: readonly LoadResult[],
  creates: readonly CreatesResult[],
): Disturbance {
  const quietP99Ms = spreadOf(quiet.map(({ p99Ms }) => p99Ms));
  const busyP99Ms = spreadOf(busy.map(({ p99Ms }) => p99Ms));
  const all = [...quiet, ...busy];
  return {
    mode,
    quietP99Ms,
    busyP99Ms,
    ratio: busyP99Ms.median / quietP99Ms.median,
    requests: all.reduce((sum, { requests }) => sum + requests, 0),
    failed: all.reduce((sum, { failed }) => sum + failed, 0),
    underWay: mode === "saturated" ? all.length * CONNECTIONS : 0,
    creates,
  };
}
