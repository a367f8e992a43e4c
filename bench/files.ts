import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readLoad } from "./alone.ts";
import { requireTools } from "./child.ts";
import { type FileLoad, type FileRound, fileLoads, runFileRound } from "./fileload.ts";
import {
  type FileStanding,
  type FilesResult,
  formatFilesReport,
  listFileGoals,
} from "./filereport.ts";
import { type SeededFile, seedFiles } from "./fileseed.ts";
import { describeMachine } from "./machine.ts";
import type { RedirectOptions } from "./redirect.ts";
import { saveResult } from "./results.ts";
import { type Side, startFileNginx, startOurs } from "./sides.ts";
import { spreadOf } from "./stats.ts";
import { isReached } from "./table.ts";

/** Measures, prints, and writes down what sending files costs beside nginx; tells whether every goal is reached. */
export async function benchFiles(options: RedirectOptions): Promise<boolean> {
  requireTools(["wrk", "nginx", "curl"]);
  const folder = mkdtempSync(join(tmpdir(), "trunk8-bench-"));
  try {
    const result = await measure(options, folder);
    process.stdout.write(
      `${formatFilesReport(result)}\nWritten to ${await saveResult("files", result)}\n`,
    );
    return listFileGoals(result).every(isReached);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function measure(options: RedirectOptions, folder: string): Promise<FilesResult> {
  const load = readLoad();
  const dataFolder = join(folder, "data");
  const files = await seedFiles(
    dataFolder,
    fileLoads.map(({ bytes }) => bytes),
  );
  const machine = describeMachine(folder, options.program, load);
  await using ours = await startOurs({ program: options.program, dataFolder, folder });
  await using nginx = await startFileNginx(folder, files);
  const contests = fileLoads.flatMap((load, at) => {
    const file = files[at];
    return file === undefined ? [] : [{ load, file }];
  });
  for (const side of [ours, nginx]) await verifyAll(side, files);
  const { seconds, rounds } = options;
  const standings = await compare(contests, [ours, nginx], { ...options, folder });
  return { at: new Date().toISOString(), machine, setup: { seconds, rounds }, standings };
}

/** Every byte, once: this also brings the files into the machine's memory for both. */
async function verifyAll({ name, port }: Side, files: readonly SeededFile[]): Promise<void> {
  for (const { shortCode, sha256 } of files) {
    const { body } = await fetch(`http://127.0.0.1:${port}/${shortCode}`);
    const hasher = new Bun.CryptoHasher("sha256");
    for await (const chunk of body ?? []) hasher.update(chunk);
    if (hasher.digest("hex") !== sha256) throw new Error(`${name} sends other bytes.`);
  }
}

interface Contest {
  readonly load: FileLoad;
  readonly file: SeededFile;
}

/** The sides in turn, round after round, so that what else the machine does meets both. */
async function compare(
  contests: readonly Contest[],
  sides: readonly Side[],
  { seconds, rounds, folder }: { seconds: number; rounds: number; folder: string },
): Promise<FileStanding[]> {
  const standings: FileStanding[] = [];
  for (const { load, file } of contests) {
    const done = sides.map((side) => ({ side, rounds: [] as FileRound[] }));
    for (let round = 0; round < rounds; round++) {
      for (const { side, rounds } of done)
        rounds.push(await runFileRound(side, load, file, { seconds, folder }));
    }
    standings.push(...done.map(({ side, rounds }) => summarize(side, load, rounds)));
  }
  return standings;
}

function summarize(
  { name }: Side,
  { name: size, bytes }: FileLoad,
  rounds: readonly FileRound[],
): FileStanding {
  const spread = (of: (round: FileRound) => number) => spreadOf(rounds.map(of));
  const perRequest = ({ cpuMicros, requests }: FileRound) => cpuMicros / requests;
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
  };
}
