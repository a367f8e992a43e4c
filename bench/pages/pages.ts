import { join } from "node:path";
import type { Bench, BenchContext, Finding } from "../bench.ts";
import { requestFor } from "../load/requests.ts";
import { runWrk, type WrkResult } from "../load/wrk.ts";
import { noteWithoutNginx } from "../machine/child.ts";
import { type Memory, readCpuMicros, readMemory, settle } from "../machine/cpu.ts";
import { makeMarkdown, type SeededFile, seedDocuments } from "../seed/files.ts";
import { type PageFile, startPageNginx } from "../sides/nginx.ts";
import { startOurs } from "../sides/ours.ts";
import type { Side } from "../sides/side.ts";
import { type Spread, spreadOf } from "../stats.ts";
import { formatMegabytes, formatSpread, type Goal, goalOfNone, type Table } from "../table.ts";

/** The encodings that a client accepts. */
const codings = ["identity", "gzip"] as const;
type Coding = (typeof codings)[number];

interface PageStanding {
  readonly side: string;
  readonly coding: Coding;
  readonly failed: number;
  readonly perSecond: Spread;
  readonly p50Ms: Spread;
  readonly p99Ms: Spread;
  readonly cpuMicros: Spread;
  /** Measured after the last round. */
  readonly memory: Memory;
}

/** Our CPU time divided by that of nginx. */
const MOST_TIMES_NGINX = 2;

const SOURCE_BYTES = 10_240;

export const pagesBench: Bench = {
  doc: "A Markdown document of 10 KB, compared with nginx that sends the same bytes from disk.",
  tools: ["wrk"],
  run: measure,
};

async function measure({ options, folder }: BenchContext): Promise<Finding> {
  const { seconds, rounds, program, workers } = options;
  const dataFolder = join(folder, "data");
  const [document] = await seedDocuments(dataFolder, [makeMarkdown(SOURCE_BYTES)]);
  if (document === undefined) throw new Error("There is no document.");
  await using ours = await startOurs({ program, dataFolder, folder, workers });
  const page = await copyPage(ours, document, folder);
  await using nginx = noteWithoutNginx === null ? await startPageNginx(folder, page) : null;
  const sides = nginx === null ? [ours] : [ours, nginx];
  const bytes = await verifySame(sides, document);
  await writeRequests(folder, document);
  const results = await compare(sides, folder, { seconds, rounds });
  return {
    setup: `${rounds} rounds of ${seconds} s, wrk with 64 connections; ${bytes.identity} bytes, ${bytes.gzip} compressed.`,
    tables: [tableOf(results)],
    notes: noteWithoutNginx === null ? [] : [noteWithoutNginx],
    goals: goalsOf(results),
    figures: { bytes, results },
  };
}

const OWN_OF_NGINX = new Set(["content-length", "content-type", "date", "etag", "last-modified"]);

/** Writes the response of our server to disk, for nginx. */
async function copyPage(ours: Side, { shortCode }: SeededFile, folder: string): Promise<PageFile> {
  const path = join(folder, "page.html");
  const { headers, bytes } = await fetchPage(ours, shortCode, "identity");
  await Bun.write(path, bytes);
  await Bun.write(`${path}.gz`, (await fetchPage(ours, shortCode, "gzip")).bytes);
  const copied = [...headers].filter(([name]) => !OWN_OF_NGINX.has(name));
  return { shortCode, path, headers: Object.fromEntries(copied) };
}

async function fetchPage({ port }: Side, shortCode: string, coding: Coding) {
  const answer = await fetch(`http://127.0.0.1:${port}/${shortCode}`, {
    headers: { "accept-encoding": coding === "gzip" ? "gzip" : "identity", host: "go.example" },
    decompress: false,
  });
  return { headers: answer.headers, bytes: await answer.bytes() };
}

/** Size of the response, which must be the same for all sides. */
async function verifySame(
  sides: readonly Side[],
  { shortCode }: SeededFile,
): Promise<Record<Coding, number>> {
  const sizeIn = async (coding: Coding) => {
    const pages = await Promise.all(sides.map((side) => fetchPage(side, shortCode, coding)));
    const hashes = new Set(pages.map(({ bytes }) => Bun.hash(bytes)));
    if (hashes.size !== 1) throw new Error(`The sides send different bytes, ${coding}.`);
    return pages[0]?.bytes.length ?? 0;
  };
  return { identity: await sizeIn("identity"), gzip: await sizeIn("gzip") };
}

async function writeRequests(folder: string, document: SeededFile): Promise<void> {
  const request = requestFor(document, 0);
  await Bun.write(requestsIn(folder, "gzip"), request);
  await Bun.write(requestsIn(folder, "identity"), request.replace(/Accept-Encoding: .*\r\n/, ""));
}

function requestsIn(folder: string, coding: Coding): string {
  return join(folder, `${coding}.requests`);
}

interface Round extends WrkResult {
  readonly cpuMicros: number;
}

/** Loads the sides in turn, round after round, so that other load on the machine affects both. */
async function compare(
  sides: readonly Side[],
  folder: string,
  { seconds, rounds }: { readonly seconds: number; readonly rounds: number },
): Promise<PageStanding[]> {
  const contests = codings.flatMap((coding) =>
    sides.map((side) => ({ side, coding, done: [] as Round[] })),
  );
  for (let round = -1; round < rounds; round++) {
    for (const { side, coding, done } of contests) {
      const result = await runRound(side, requestsIn(folder, coding), seconds);
      // The first round is a warm-up.
      if (round >= 0) done.push(result);
    }
  }
  return contests.map(({ side, coding, done }) => summarize(side, coding, done));
}

async function runRound(
  { port, pid }: Side,
  requestsFile: string,
  seconds: number,
): Promise<Round> {
  const before = readCpuMicros(pid);
  const result = await runWrk({ port, requestsFile, seconds });
  await settle(pid);
  return { ...result, cpuMicros: (readCpuMicros(pid) - before) / result.requests };
}

function summarize({ name, pid }: Side, coding: Coding, rounds: readonly Round[]): PageStanding {
  const spread = (of: (round: Round) => number) => spreadOf(rounds.map(of));
  return {
    side: name,
    coding,
    failed: rounds.reduce((sum, { failed }) => sum + failed, 0),
    perSecond: spread(({ perSecond }) => perSecond),
    p50Ms: spread(({ p50Ms }) => p50Ms),
    p99Ms: spread(({ p99Ms }) => p99Ms),
    cpuMicros: spread(({ cpuMicros }) => cpuMicros),
    memory: readMemory(pid),
  };
}

/** Compares with nginx, if it is installed. */
function goalsOf(results: readonly PageStanding[]): Goal[] {
  const cpu = (side: string, coding: Coding) =>
    results.find((one) => one.side === side && one.coding === coding)?.cpuMicros.median ?? NaN;
  const besideNginx = noteWithoutNginx === null ? codings : [];
  return [
    ...besideNginx.map((coding) => ({
      name: `our CPU / nginx's, ${coding}`,
      value: cpu("trunk8", coding) / cpu("nginx", coding),
      most: MOST_TIMES_NGINX,
      unit: "x",
    })),
    goalOfNone(
      "failed requests",
      results.reduce((sum, { failed }) => sum + failed, 0),
    ),
  ];
}

function tableOf(results: readonly PageStanding[]): Table {
  const head = ["", "requests/s", "p50 ms", "p99 ms", "CPU us/request", "RSS MB", "PSS MB"];
  const rows = results.map(({ side, coding, memory, ...figures }) => [
    `${coding}, ${side}`,
    formatSpread(figures.perSecond),
    formatSpread(figures.p50Ms),
    formatSpread(figures.p99Ms),
    formatSpread(figures.cpuMicros),
    formatMegabytes(memory.rss),
    formatMegabytes(memory.pss),
  ]);
  return { title: "A document of 10 KB; medians (least-most)", rows: [head, ...rows] };
}
