import { type Memory, readCpuMicros, readMemory, settle } from "./cpu.ts";
import { type LoadName, loadNames, type RequestFiles } from "./requests.ts";
import type { Side } from "./sides.ts";
import { type Spread, spreadOf } from "./stats.ts";
import { runWrk, type WrkResult } from "./wrk.ts";

export interface Timing {
  /** Length of one load. */
  readonly seconds: number;
  readonly rounds: number;
}

/** What one side did under one load, over all rounds. */
export interface Standing {
  readonly side: string;
  readonly load: LoadName;
  readonly requests: number;
  readonly failed: number;
  readonly perSecond: Spread;
  readonly p50Ms: Spread;
  readonly p99Ms: Spread;
  readonly cpuMicros: Spread;
  /** After the last round. */
  readonly memory: Memory;
}

interface Round extends WrkResult {
  readonly side: string;
  readonly load: LoadName;
  readonly cpuMicros: number;
  readonly memory: Memory;
}

/** Loads the sides of each contest in turn, round after round, so that what else the machine does meets all of them. */
export async function compareSides(
  contests: Readonly<Record<LoadName, readonly Side[]>>,
  files: RequestFiles,
  { seconds, rounds }: Timing,
): Promise<Standing[]> {
  const done: Round[] = [];
  for (let round = 0; round < rounds; round++) {
    for (const load of loadNames) {
      for (const side of contests[load])
        done.push(await runRound(side, load, files[load], seconds));
    }
  }
  return loadNames.flatMap((load) =>
    contests[load].map(({ name }) =>
      summarize(done.filter((round) => round.load === load && round.side === name)),
    ),
  );
}

async function runRound(
  { name, port, pid }: Side,
  load: LoadName,
  requestsFile: string,
  seconds: number,
): Promise<Round> {
  const before = readCpuMicros(pid);
  const result = await runWrk({ port, requestsFile, seconds });
  await settle(pid);
  const cpuMicros = (readCpuMicros(pid) - before) / result.requests;
  return { ...result, side: name, load, cpuMicros, memory: readMemory(pid) };
}

function summarize(rounds: readonly Round[]): Standing {
  const last = rounds.at(-1);
  if (last === undefined) throw new Error("There was no round.");
  const spread = (of: (round: Round) => number) => spreadOf(rounds.map(of));
  return {
    side: last.side,
    load: last.load,
    requests: rounds.reduce((sum, round) => sum + round.requests, 0),
    failed: rounds.reduce((sum, round) => sum + round.failed, 0),
    perSecond: spread((round) => round.perSecond),
    p50Ms: spread((round) => round.p50Ms),
    p99Ms: spread((round) => round.p99Ms),
    cpuMicros: spread((round) => round.cpuMicros),
    memory: last.memory,
  };
}
