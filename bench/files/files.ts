import { join } from "node:path";
import type { Bench, BenchContext, Finding } from "../bench.ts";
import { noteWithoutNginx } from "../machine/child.ts";
import { readMemory } from "../machine/cpu.ts";
import { type SeededFile, seedFiles } from "../seed/files.ts";
import { startFileNginx } from "../sides/nginx.ts";
import { startOurs } from "../sides/ours.ts";
import type { Side } from "../sides/side.ts";
import { spreadOf } from "../stats.ts";
import { type FileLoad, type FileRound, fileLoads, runFileRound } from "./file-load.ts";
import { type FileResult, listFileGoals, tableOfFiles } from "./file-report.ts";

export const filesBench: Bench = {
  doc: "Downloads of 1 KB to 1 GiB, compared with nginx's sendfile.",
  tools: ["wrk", "curl"],
  run: measure,
};

/** The largest takes long to create and to check. */
const QUICK_BYTES = 20_000_000;

async function measure({ options, folder }: BenchContext): Promise<Finding> {
  const { seconds, rounds, program, workers, quick } = options;
  const loads = fileLoads.filter(({ bytes }) => !quick || bytes <= QUICK_BYTES);
  const dataFolder = join(folder, "data");
  const files = await seedFiles(
    dataFolder,
    loads.map(({ bytes }) => bytes),
  );
  await using ours = await startOurs({ program, dataFolder, folder, workers });
  await using nginx = noteWithoutNginx === null ? await startFileNginx(folder, files) : null;
  const sides = nginx === null ? [ours] : [ours, nginx];
  for (const side of sides) await verifyAll(side, files);
  const contests = loads.flatMap((load, at) => {
    const file = files[at];
    return file === undefined ? [] : [{ load, file }];
  });
  const results = await compare(contests, sides, { seconds, rounds, folder });
  return {
    setup: `${rounds} rounds of ${seconds} s or as much; wrk with 64 connections up to 100 KB, curl above.`,
    tables: [tableOfFiles(results)],
    notes: noteWithoutNginx === null ? [] : [noteWithoutNginx],
    goals: listFileGoals(results).filter(({ name }) => !quick || !name.endsWith("1 GiB")),
    figures: results,
  };
}

/** Compares every byte once, which also brings the files into the page cache for both sides. */
async function verifyAll({ name, port }: Side, files: readonly SeededFile[]): Promise<void> {
  for (const { shortCode, sha256 } of files) {
    const { body } = await fetch(`http://127.0.0.1:${port}/${shortCode}`);
    const hasher = new Bun.CryptoHasher("sha256");
    for await (const chunk of body ?? []) hasher.update(chunk);
    if (hasher.digest("hex") !== sha256) throw new Error(`${name} sends different bytes.`);
  }
}

interface Contest {
  readonly load: FileLoad;
  readonly file: SeededFile;
}

/** Loads the sides in turn, round after round, so that other load on the machine affects both. */
async function compare(
  contests: readonly Contest[],
  sides: readonly Side[],
  { seconds, rounds, folder }: { seconds: number; rounds: number; folder: string },
): Promise<FileResult[]> {
  const results: FileResult[] = [];
  for (const { load, file } of contests) {
    const done = sides.map((side) => ({ side, rounds: [] as FileRound[] }));
    for (let round = 0; round < rounds; round++) {
      for (const { side, rounds } of done)
        rounds.push(await runFileRound(side, load, file, { seconds, folder }));
    }
    results.push(...done.map(({ side, rounds }) => summarize(side, load, rounds)));
  }
  return results;
}

function summarize(
  { name, pid }: Side,
  { name: size, bytes }: FileLoad,
  rounds: readonly FileRound[],
): FileResult {
  const spread = (of: (round: FileRound) => number) => spreadOf(rounds.map(of));
  const perRequest = ({ cpuMicros, requests }: FileRound) => cpuMicros / requests;
  const { rss, pss } = readMemory(pid);
  return {
    side: name,
    size,
    requests: rounds.reduce((sum, round) => sum + round.requests, 0),
    failed: rounds.reduce((sum, round) => sum + round.failed, 0),
    bytesPerSecond: spread((round) => round.bytesPerSecond),
    p50Ms: spread((round) => round.p50Ms),
    p99Ms: spread((round) => round.p99Ms),
    cpuMicros: spread(perRequest),
    cpuMsPerGigabyte: spread((round) => (perRequest(round) / 1000) * (1e9 / bytes)),
    rss,
    pss,
  };
}
