import type { Spread } from "../stats.ts";
import { formatNumber, formatSpread, type Goal, goalOfNone, type Table } from "../table.ts";
import { fileLoads } from "./file-load.ts";

/** Results of one side with files of one size, over all rounds. */
export interface FileResult {
  readonly side: string;
  readonly size: string;
  readonly requests: number;
  readonly failed: number;
  readonly bytesPerSecond: Spread;
  readonly p50Ms: Spread;
  readonly p99Ms: Spread;
  /** Per request. */
  readonly cpuMicros: Spread;
  readonly cpuMsPerGigabyte: Spread;
  readonly rss: number;
  readonly pss: number;
}

const LEAST_OF_NGINX = 0.9;

/** Compares with nginx, if it is installed. */
export function listFileGoals(results: readonly FileResult[]): Goal[] {
  const judged = fileLoads.filter(({ isJudged }) => isJudged);
  const besideNginx = results.some(({ side }) => side === "nginx") ? judged : [];
  return [
    ...besideNginx.map(({ name }) => ({
      name: `throughput / nginx's, ${name}`,
      value: throughput(results, "trunk8", name) / throughput(results, "nginx", name),
      least: LEAST_OF_NGINX,
      unit: "x",
    })),
    goalOfNone(
      "failed downloads",
      results.reduce((sum, { failed }) => sum + failed, 0),
    ),
  ];
}

function throughput(results: readonly FileResult[], side: string, size: string): number {
  const found = results.find((one) => one.side === side && one.size === size);
  return found?.bytesPerSecond.median ?? Number.NaN;
}

export function tableOfFiles(results: readonly FileResult[]): Table {
  const head = [
    "",
    "MB/s",
    "p50 ms",
    "p99 ms",
    "CPU us/request",
    "CPU ms/GB",
    "requests",
    "RSS MB",
    "PSS MB",
  ];
  const rows = results.map(({ size, side, requests, rss, pss, ...figures }) => [
    `${size}, ${side}`,
    formatSpread(inMegabytes(figures.bytesPerSecond)),
    formatSpread(figures.p50Ms),
    formatSpread(figures.p99Ms),
    formatSpread(figures.cpuMicros),
    formatSpread(figures.cpuMsPerGigabyte),
    String(requests),
    formatNumber(rss / 1e6),
    formatNumber(pss / 1e6),
  ]);
  return { title: "Downloads; medians (least-most)", rows: [head, ...rows] };
}

function inMegabytes({ median, least, most }: Spread): Spread {
  return { median: median / 1e6, least: least / 1e6, most: most / 1e6 };
}
