import { warnIfBusy } from "./alone.ts";
import { fileLoads } from "./fileload.ts";
import type { Machine } from "./machine.ts";
import type { Spread } from "./stats.ts";
import { formatGoals, formatNumber, formatSpread, formatTable, type Goal } from "./table.ts";

/** All that one run found out: the file in bench/results. */
export interface FilesResult {
  readonly at: string;
  readonly machine: Machine;
  readonly setup: { readonly seconds: number; readonly rounds: number };
  readonly standings: readonly FileStanding[];
}

/** What one side did with files of one size, over all rounds. */
export interface FileStanding {
  readonly side: string;
  readonly size: string;
  readonly requests: number;
  readonly failed: number;
  readonly bytesPerSecond: Spread;
  readonly p50Ms: Spread;
  readonly p99Ms: Spread;
  /** Of one request. */
  readonly cpuMicros: Spread;
  readonly cpuMsPerGigabyte: Spread;
}

/** 0.8 of nginx's throughput, the other way round. */
const MOST_TIMES_SLOWER = 1.25;

export function listFileGoals({ standings }: FilesResult): Goal[] {
  const judged = fileLoads.filter(({ isJudged }) => isJudged);
  return [
    ...judged.map(({ name }) => ({
      name: `nginx's throughput / ours, ${name}`,
      value: throughput(standings, "nginx", name) / throughput(standings, "trunk8", name),
      most: MOST_TIMES_SLOWER,
      unit: "x",
    })),
    {
      name: "downloads that failed",
      value: standings.reduce((sum, { failed }) => sum + failed, 0),
      most: 0,
      unit: "",
    },
  ];
}

function throughput(standings: readonly FileStanding[], side: string, size: string): number {
  const found = standings.find((one) => one.side === side && one.size === size);
  return found?.bytesPerSecond.median ?? Number.NaN;
}

export function formatFilesReport(result: FilesResult): string {
  const { at, machine, setup, standings } = result;
  const { cpu, cores, kernel, load, bun, nginx, wrk, commit } = machine;
  const head = `Files, ${at}, commit ${commit}
${setup.rounds} rounds of ${setup.seconds} s or as much; wrk with 64 connections up to 100 KB, curl above; medians (least-most)
${cores} x ${cpu}, Linux ${kernel}, load before ${formatNumber(load)}, Bun ${bun}, nginx ${nginx}, wrk ${wrk}
`;
  return [head, formatStandings(standings), formatGoals(listFileGoals(result))]
    .join("\n")
    .concat(warnIfBusy(machine.load));
}

function formatStandings(standings: readonly FileStanding[]): string {
  const head = ["", "MB/s", "p50 ms", "p99 ms", "CPU us/request", "CPU ms/GB", "requests"];
  const rows = standings.map(({ size, side, requests, ...figures }) => [
    `${size}, ${side}`,
    formatSpread(inMegabytes(figures.bytesPerSecond)),
    formatSpread(figures.p50Ms),
    formatSpread(figures.p99Ms),
    formatSpread(figures.cpuMicros),
    formatSpread(figures.cpuMsPerGigabyte),
    String(requests),
  ]);
  return formatTable([head, ...rows]);
}

function inMegabytes({ median, least, most }: Spread): Spread {
  return { median: median / 1e6, least: least / 1e6, most: most / 1e6 };
}
