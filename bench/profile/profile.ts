import { join } from "node:path";
import type { Bench, BenchContext, Finding } from "../bench.ts";
import { writeRequests } from "../load/requests.ts";
import { runWrk } from "../load/wrk.ts";
import { readThreads, type Thread } from "../machine/cpu.ts";
import { placeOfResult } from "../results.ts";
import { takeCopy } from "../seed/keep-seed.ts";
import { seedLinks } from "../seed/links.ts";
import { startOurs } from "../sides/ours.ts";
import { formatNumber, formatTable, type Table } from "../table.ts";
import { type CpuProfile, tableOfFunctions } from "./functions.ts";

export const profileBench: Bench = {
  doc: "CPU profile of our server while it opens hot links, by thread and by function.",
  tools: ["wrk"],
  run: profile,
};

async function profile({ options, folder }: BenchContext): Promise<Finding> {
  const { program, seconds, quick } = options;
  const count = options.links[0] ?? (quick ? 1000 : 100_000);
  const dataFolder = join(folder, "data");
  takeCopy(await seedLinks(count), dataFolder);
  const { hot } = await writeRequests(folder, count);
  const place = placeOfResult("profile", new Date().toISOString());
  const bunWords = ["--cpu-prof", `--cpu-prof-dir=${folder}`, "--cpu-prof-name=cpu.json"];
  await using ours = await startOurs({ program, dataFolder, folder, bunWords });
  const load = () => runWrk({ port: ours.port, requestsFile: hot, seconds });
  const { requests: warmUp } = await load();
  const before = readThreads(ours.pid);
  const { requests } = await load();
  const threads = tableOfThreads(before, readThreads(ours.pid), requests);
  await ours.stop();
  const made = Bun.file(join(folder, "cpu.json"));
  await Bun.write(`${place}.cpuprofile`, made);
  const functions = tableOfFunctions((await made.json()) as CpuProfile, warmUp + requests);
  const text = [threads, functions].map(({ rows }) => formatTable(rows)).join("\n");
  await Bun.write(`${place}.txt`, text);
  return {
    setup: `${requests} requests after as long a warm-up; ${count} links.`,
    tables: [threads, functions],
    notes: [
      `The profile, for the performance panel of a Chromium: ${place}.cpuprofile; the tables above: ${place}.txt`,
    ],
    goals: [],
    figures: null,
  };
}

/** CPU time of each thread of the serving process during the load. */
function tableOfThreads(
  before: readonly Thread[],
  after: readonly Thread[],
  requests: number,
): Table {
  const used = new Map(before.map(({ name, cpuMicros }) => [name, cpuMicros]));
  const rows = after
    .map(({ name, cpuMicros }) => ({ name, micros: cpuMicros - (used.get(name) ?? 0) }))
    .filter(({ micros }) => micros > 0)
    .toSorted((a, b) => b.micros - a.micros)
    .map(({ name, micros }) => [name, formatNumber(micros / requests)]);
  return { title: "By thread", rows: [["thread", "CPU us/request"], ...rows] };
}
