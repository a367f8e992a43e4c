import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readLoad, warnIfBusy } from "./alone.ts";
import { requireTools } from "./child.ts";
import { readCpuMicros, settle } from "./cpu.ts";
import { type SeededFile, seedDocument } from "./fileseed.ts";
import { describeMachine, type Machine } from "./machine.ts";
import type { RedirectOptions } from "./redirect.ts";
import { requestFor } from "./requests.ts";
import { saveResult } from "./results.ts";
import { type PageFile, type Side, startOurs, startPageNginx } from "./sides.ts";
import { type Spread, spreadOf } from "./stats.ts";
import {
  formatGoals,
  formatNumber,
  formatSpread,
  formatTable,
  type Goal,
  isReached,
} from "./table.ts";
import { runWrk, type WrkResult } from "./wrk.ts";

/** How a browser takes the page. */
const codings = ["as it is", "gzip"] as const;
type Coding = (typeof codings)[number];

interface PageStanding {
  readonly side: string;
  readonly coding: Coding;
  readonly failed: number;
  readonly perSecond: Spread;
  readonly p99Ms: Spread;
  readonly cpuMicros: Spread;
}

/** All that one run found out: the file in bench/results. */
interface PagesResult {
  readonly at: string;
  readonly machine: Machine;
  readonly setup: { readonly seconds: number; readonly rounds: number };
  readonly bytes: Readonly<Record<Coding, number>>;
  readonly standings: readonly PageStanding[];
}

/** CPU time of ours over that of nginx. */
const MOST_TIMES_NGINX = 2;

const SOURCE_BYTES = 10_240;

/** Measures, prints, and writes down what a cached document costs; tells whether every goal is reached. */
export async function benchPages(options: RedirectOptions): Promise<boolean> {
  requireTools(["wrk", "nginx"]);
  const folder = mkdtempSync(join(tmpdir(), "trunk8-bench-"));
  try {
    const result = await measure(options, folder);
    process.stdout.write(`${format(result)}\nWritten to ${await saveResult("pages", result)}\n`);
    return listGoals(result).every(isReached);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function measure(options: RedirectOptions, folder: string): Promise<PagesResult> {
  const load = readLoad();
  const dataFolder = join(folder, "data");
  const document = await seedDocument(dataFolder, makeSource());
  const machine = describeMachine(folder, options.program, load);
  await using ours = await startOurs({ program: options.program, dataFolder, folder });
  const page = await copyPage(ours, document, folder);
  await using nginx = await startPageNginx(folder, page);
  const bytes = await verifySame(ours, nginx, document);
  await writeRequests(folder, document);
  const { seconds, rounds } = options;
  const standings = await compare([ours, nginx], folder, { seconds, rounds });
  return { at: new Date().toISOString(), machine, setup: { seconds, rounds }, bytes, standings };
}

function makeSource(): string {
  const sentence = "Some *words* and a few more as they come, one after the other. ";
  const part = `## A heading\n\n${sentence.repeat(8)}[A link](https://example.com/).\n\n`;
  return part.repeat(Math.ceil(SOURCE_BYTES / part.length)).slice(0, SOURCE_BYTES);
}

const OWN_OF_NGINX = new Set(["content-length", "content-type", "date", "etag", "last-modified"]);

/** Writes what our server sends to the disk, for nginx. */
async function copyPage(ours: Side, { shortCode }: SeededFile, folder: string): Promise<PageFile> {
  const path = join(folder, "page.html");
  const { headers, bytes } = await fetchPage(ours, shortCode, "as it is");
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

/** How many bytes both send, the same ones. */
async function verifySame(
  ours: Side,
  nginx: Side,
  { shortCode }: SeededFile,
): Promise<Record<Coding, number>> {
  const sizeIn = async (coding: Coding) => {
    const [one, other] = await Promise.all(
      [ours, nginx].map((side) => fetchPage(side, shortCode, coding)),
    );
    if (!one || !other || !Buffer.from(one.bytes).equals(other.bytes))
      throw new Error(`The sides send different bytes, ${coding}.`);
    return one.bytes.length;
  };
  return { "as it is": await sizeIn("as it is"), gzip: await sizeIn("gzip") };
}

async function writeRequests(folder: string, document: SeededFile): Promise<void> {
  const request = requestFor(document, 0);
  await Bun.write(requestsIn(folder, "gzip"), request);
  await Bun.write(requestsIn(folder, "as it is"), request.replace(/Accept-Encoding: .*\r\n/, ""));
}

function requestsIn(folder: string, coding: Coding): string {
  return join(folder, `${coding}.requests`);
}

interface Round extends WrkResult {
  readonly cpuMicros: number;
}

/** The sides in turn, round after round, so that what else the machine does meets both. */
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
      // The first is for warming up.
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

function summarize({ name }: Side, coding: Coding, rounds: readonly Round[]): PageStanding {
  const spread = (of: (round: Round) => number) => spreadOf(rounds.map(of));
  return {
    side: name,
    coding,
    failed: rounds.reduce((sum, { failed }) => sum + failed, 0),
    perSecond: spread(({ perSecond }) => perSecond),
    p99Ms: spread(({ p99Ms }) => p99Ms),
    cpuMicros: spread(({ cpuMicros }) => cpuMicros),
  };
}

function listGoals({ standings }: PagesResult): Goal[] {
  const cpu = (side: string, coding: Coding) =>
    standings.find((one) => one.side === side && one.coding === coding)?.cpuMicros.median ?? NaN;
  return [
    ...codings.map((coding) => ({
      name: `our CPU / nginx's, ${coding}`,
      value: cpu("trunk8", coding) / cpu("nginx", coding),
      most: MOST_TIMES_NGINX,
      unit: "x",
    })),
    {
      name: "requests that failed",
      value: standings.reduce((sum, { failed }) => sum + failed, 0),
      most: 0,
      unit: "",
    },
  ];
}

function format(result: PagesResult): string {
  const { at, machine, setup, bytes, standings } = result;
  const { cpu, cores, kernel, load, bun, nginx, wrk, commit } = machine;
  const head = `A document of 10 KB, ${at}, commit ${commit}
${setup.rounds} rounds of ${setup.seconds} s, wrk with 64 connections; ${bytes["as it is"]} bytes, ${bytes.gzip} compressed; medians (least-most)
${cores} x ${cpu}, Linux ${kernel}, load before ${formatNumber(load)}, Bun ${bun}, nginx ${nginx}, wrk ${wrk}
`;
  const rows = standings.map(({ side, coding, ...figures }) => [
    `${coding}, ${side}`,
    formatSpread(figures.perSecond),
    formatSpread(figures.p99Ms),
    formatSpread(figures.cpuMicros),
  ]);
  const table = formatTable([["", "requests/s", "p99 ms", "CPU us/request"], ...rows]);
  return [head, table, formatGoals(listGoals(result))].join("\n").concat(warnIfBusy(machine.load));
}
