import type { LoadName } from "../load/requests.ts";
import { runWrk, type WrkResult } from "../load/wrk.ts";
import { type Memory, readCpuMicros, readMemory, settle } from "../machine/cpu.ts";
import type { Side } from "../sides/side.ts";
import { type Spread, spreadOf } from "../stats.ts";

export interface Timing {
  /** Length of one load. */
  readonly seconds: number;
  readonly rounds: number;
}

/** One side with one load. */
export interface Entrant {
  readonly side: Side;
  readonly load: LoadName;
  /** Number of links of the side; 0 if it ignores the path. */
  readonly links: number;
  readonly requestsFile: string;
}

/** Results of one side with one load, over all rounds. */
export interface SideResult {
  readonly side: string;
  readonly load: LoadName;
  readonly links: number;
  readonly requests: number;
  readonly failed: number;
  readonly perSecond: Spread;
  readonly p50Ms: Spread;
  readonly p99Ms: Spread;
  readonly cpuMicros: Spread;
  /** Measured after the last round. */
  readonly memory: Memory;
}

interface Round extends WrkResult {
  readonly cpuMicros: number;
}

/** Loads all in turn, round after round, so that other load affects each of them; the first round is a warm-up. */
export async function compareSides(
  entrants: readonly Entrant[],
  { seconds, rounds }: Timing,
): Promise<{ results: SideResult[]; answered: Map<Side, number>; runs: number }> {
  const done = entrants.map((entrant) => ({ entrant, rounds: [] as Round[] }));
  const answered = new Map<Side, number>();
  for (let round = -1; round < rounds; round++) {
    for (const { entrant, rounds } of done) {
      const result = await runRound(entrant, seconds);
      answered.set(entrant.side, (answered.get(entrant.side) ?? 0) + result.requests);
      if (round >= 0) rounds.push(result);
    }
  }
  const results = done.map(({ entrant, rounds }) => summarize(entrant, rounds));
  return { results, answered, runs: rounds + 1 };
}

async function runRound({ side, requestsFile }: Entrant, seconds: number): Promise<Round> {
  const before = readCpuMicros(side.pid);
  const result = await runWrk({ port: side.port, requestsFile, seconds });
  await settle(side.pid);
  return { ...result, cpuMicros: (readCpuMicros(side.pid) - before) / result.requests };
}

function summarize({ side, load, links }: Entrant, rounds: readonly Round[]): SideResult {
  const spread = (of: (round: Round) => number) => spreadOf(rounds.map(of));
  return {
    side: side.name,
    load,
    links,
    requests: rounds.reduce((sum, round) => sum + round.requests, 0),
    failed: rounds.reduce((sum, round) => sum + round.failed, 0),
    perSecond: spread((round) => round.perSecond),
    p50Ms: spread((round) => round.p50Ms),
    p99Ms: spread((round) => round.p99Ms),
    cpuMicros: spread((round) => round.cpuMicros),
    memory: readMemory(side.pid),
  };
}
