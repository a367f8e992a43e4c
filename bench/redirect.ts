import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readLoad } from "./alone.ts";
import { type Disturbance, measureDisturbance, measureFloor } from "./busy.ts";
import { requireTools } from "./child.ts";
import { compareSides, type Standing, type Timing } from "./compare.ts";
import { type Counting, readStored } from "./counted.ts";
import { describeMachine } from "./machine.ts";
import { formatReport, listGoals, type RedirectResult } from "./report.ts";
import { type RequestFiles, writeRequests } from "./requests.ts";
import { saveResult } from "./results.ts";
import { type SeededLink, seedLinks } from "./seed.ts";
import { type Side, startBare, startNginx, startOurs } from "./sides.ts";
import type { Spread } from "./stats.ts";
import { isReached } from "./table.ts";
import { verifySample } from "./verify.ts";
import { CONNECTIONS, runWrk } from "./wrk.ts";

export interface RedirectOptions extends Timing {
  /** The `src/main.ts` to measure. */
  readonly program: string;
  /** How many links there are. */
  readonly links: number;
}

/** Measures, prints, and writes down what opening redirects costs; tells whether every goal is reached. */
export async function benchRedirect(options: RedirectOptions): Promise<boolean> {
  requireTools(["wrk", "nginx"]);
  const folder = mkdtempSync(join(tmpdir(), "trunk8-bench-"));
  try {
    const result = await measure(options, folder);
    process.stdout.write(
      `${formatReport(result)}\nWritten to ${await saveResult("redirect", result)}\n`,
    );
    return listGoals(result).every(isReached);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function measure(options: RedirectOptions, folder: string): Promise<RedirectResult> {
  const load = readLoad();
  const dataFolder = join(folder, "data");
  const links = await seedLinks(dataFolder, options.links);
  const files = await writeRequests(folder, links);
  const machine = describeMachine(folder, options.program, load);
  const loaded = await loadAll(options, { folder, dataFolder, links, files });
  const stored = await readStored(dataFolder);
  const { seconds, rounds } = options;
  return {
    at: new Date().toISOString(),
    machine,
    setup: { links: links.length, connections: CONNECTIONS, seconds, rounds },
    standings: loaded.standings,
    disturbances: loaded.disturbances,
    floorP99Ms: loaded.floorP99Ms,
    counting: { ...loaded.opened, counted: stored.visits },
    made: { acknowledged: acknowledged(loaded.disturbances), stored: stored.made },
  };
}

interface Ground {
  readonly folder: string;
  readonly dataFolder: string;
  readonly links: readonly SeededLink[];
  readonly files: RequestFiles;
}

interface Loaded {
  readonly standings: readonly Standing[];
  readonly disturbances: readonly Disturbance[];
  readonly floorP99Ms: Spread;
  /** What our server was asked to open in all. */
  readonly opened: Omit<Counting, "counted">;
}

/** Every load there is. When it returns, our server has stopped and saved what it counted. */
async function loadAll(options: RedirectOptions, ground: Ground): Promise<Loaded> {
  const { folder, dataFolder, links, files } = ground;
  await using ours = await startOurs({ program: options.program, dataFolder, folder });
  const sampled = await verifySample(ours, links);
  const compared = await compareWithOthers(ours, options, ground);
  const disturbances = await measureDisturbance(ours, files.hot, options);
  const all = [...compared.standings.filter(({ side }) => side === ours.name), ...disturbances];
  const answered = all.reduce((sum, { requests }) => sum + requests, sampled + compared.warmedUp);
  const wrkRuns = 1 + 2 * options.rounds + 2 * options.rounds;
  return {
    standings: compared.standings,
    disturbances,
    floorP99Ms: compared.floorP99Ms,
    opened: { answered, underWay: wrkRuns * CONNECTIONS },
  };
}

async function compareWithOthers(
  ours: Side,
  { seconds, rounds }: Timing,
  { folder, links, files }: Ground,
): Promise<{ standings: Standing[]; warmedUp: number; floorP99Ms: Spread }> {
  await using nginx = await startNginx(folder, links);
  await using bare = await startBare(folder);
  await verifySample(nginx, links);
  const warmUp = ({ port }: Side) => runWrk({ port, requestsFile: files.uniform, seconds });
  const { requests: warmedUp } = await warmUp(ours);
  await warmUp(nginx);
  await warmUp(bare);
  // The bare server looks at no path, so both loads are one to it.
  const contests = { hot: [ours, nginx, bare], uniform: [ours, nginx] };
  const standings = await compareSides(contests, files, { seconds, rounds });
  const floorP99Ms = await measureFloor(nginx, files.hot, { seconds, rounds });
  return { standings, warmedUp, floorP99Ms };
}

function acknowledged(disturbances: readonly Disturbance[]): number {
  const creates = disturbances.flatMap((one) => one.creates);
  return creates.reduce((sum, one) => sum + one.acknowledged, 0);
}
