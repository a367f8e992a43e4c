import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { requireTools } from "./child.ts";
import { readThreads, type Thread } from "./cpu.ts";
import type { RedirectOptions } from "./redirect.ts";
import { writeRequests } from "./requests.ts";
import { seedLinks } from "./seed.ts";
import { startOurs } from "./sides.ts";
import { formatNumber, formatTable } from "./table.ts";
import { runWrk } from "./wrk.ts";

const TOP = 25;

/** Prints where our server spends its time while it opens hot links: by thread, and by function of the serving one. */
export async function profileRedirect(options: RedirectOptions): Promise<boolean> {
  requireTools(["wrk"]);
  const folder = mkdtempSync(join(tmpdir(), "trunk8-profile-"));
  try {
    const dataFolder = join(folder, "data");
    const { hot } = await writeRequests(folder, await seedLinks(dataFolder, options.links));
    const profile = join(folder, "cpu.json");
    const bunWords = ["--cpu-prof", `--cpu-prof-dir=${folder}`, "--cpu-prof-name=cpu.json"];
    const { program, seconds } = options;
    await using ours = await startOurs({ program, dataFolder, folder, bunWords });
    const load = () => runWrk({ port: ours.port, requestsFile: hot, seconds });
    const { requests: warmUp } = await load();
    const before = readThreads(ours.pid);
    const { requests } = await load();
    const threads = formatThreads(before, readThreads(ours.pid), requests);
    await ours.stop();
    const functions = formatFunctions(await Bun.file(profile).json(), warmUp + requests);
    process.stdout.write(`${requests} requests, warm\n${threads}\n${functions}`);
    return true;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function formatThreads(
  before: readonly Thread[],
  after: readonly Thread[],
  requests: number,
): string {
  const used = new Map(before.map(({ name, cpuMicros }) => [name, cpuMicros]));
  const rows = after
    .map(({ name, cpuMicros }) => ({ name, micros: cpuMicros - (used.get(name) ?? 0) }))
    .filter(({ micros }) => micros > 0)
    .toSorted((a, b) => b.micros - a.micros)
    .map(({ name, micros }) => [name, formatNumber(micros / requests)]);
  return formatTable([["thread", "CPU us/request"], ...rows]);
}

/** As Chrome's DevTools read it; times in microseconds. */
interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: {
      readonly functionName: string;
      readonly url: string;
      readonly lineNumber: number;
    };
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

function formatFunctions({ nodes, samples, timeDeltas }: CpuProfile, requests: number): string {
  const names = new Map(
    nodes.map(({ id, callFrame: { functionName, url, lineNumber } }) => [
      id,
      `${functionName || "(anonymous)"}  ${basename(url)}:${lineNumber + 1}`,
    ]),
  );
  const times = new Map<string, number>();
  samples.forEach((id, at) => {
    const name = names.get(id) ?? "?";
    times.set(name, (times.get(name) ?? 0) + (timeDeltas[at] ?? 0));
  });
  const top = [...times].toSorted(([, a], [, b]) => b - a).slice(0, TOP);
  const rows = top.map(([name, micros]) => [name, formatNumber(micros / requests)]);
  return formatTable([
    ["function (its own time, start and warm-up included)", "us/request"],
    ...rows,
  ]);
}
