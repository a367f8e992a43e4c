import { warnIfBusy } from "./alone.ts";
import { CREATES_PER_SECOND, type Disturbance, PACED_PER_SECOND } from "./busy.ts";
import type { Standing } from "./compare.ts";
import { type Counting, miscounted } from "./counted.ts";
import type { Machine } from "./machine.ts";
import { loadNames } from "./requests.ts";
import type { Spread } from "./stats.ts";
import { formatGoals, formatNumber, formatSpread, formatTable, type Goal } from "./table.ts";

/** All that one run found out: the file in bench/results. */
export interface RedirectResult {
  readonly at: string;
  readonly machine: Machine;
  readonly setup: {
    readonly links: number;
    readonly connections: number;
    readonly seconds: number;
    readonly rounds: number;
  };
  readonly standings: readonly Standing[];
  readonly disturbances: readonly Disturbance[];
  /** nginx's, quiet and paced. */
  readonly floorP99Ms: Spread;
  readonly counting: Counting;
  readonly made: { readonly acknowledged: number; readonly stored: number };
}

export function listGoals(result: RedirectResult): Goal[] {
  const { standings, disturbances, counting, made } = result;
  const all = [...standings, ...disturbances];
  return [
    ...loadNames.map((load) => cpuGoal(standings, load)),
    memoryGoal(standings),
    ...disturbances.map(({ manner, ratio }) => ({
      name: `p99 while links are made / quiet, ${manner}`,
      value: ratio,
      most: 2,
      unit: "x",
    })),
    goalOfNone(
      "requests that failed",
      all.reduce((sum, { failed }) => sum + failed, 0),
    ),
    goalOfNone("visits miscounted", miscounted(counting)),
    goalOfNone("acknowledged links lost", Math.max(0, made.acknowledged - made.stored)),
  ];
}

export function formatReport(result: RedirectResult): string {
  return [
    formatSetup(result),
    formatStandings(result.standings),
    formatDisturbances(result),
    formatCounting(result),
    formatGoals(listGoals(result)) + warnIfBusy(result.machine.load),
  ].join("\n");
}

function cpuGoal(standings: readonly Standing[], load: string): Goal {
  const micros = (side: string) =>
    standings.find((one) => one.load === load && one.side === side)?.cpuMicros.median ?? NaN;
  const value = micros("trunk8") / micros("nginx");
  return { name: `CPU of a request / nginx's, ${load}`, value, most: 1.8, unit: "x" };
}

function memoryGoal(standings: readonly Standing[]): Goal {
  const ours = standings.filter(({ side }) => side === "trunk8");
  const value = Math.max(...ours.map(({ memory }) => megabytes(memory.peak)));
  return { name: "resident memory at its highest", value, most: 150, unit: " MB" };
}

function goalOfNone(name: string, value: number): Goal {
  return { name, value, most: 0, unit: "" };
}

function formatSetup({ at, machine, setup }: RedirectResult): string {
  const { cpu, cores, kernel, fsyncMs, load, bun, nginx, wrk, commit } = machine;
  return `Redirects, ${at}, commit ${commit}
${setup.links} links, ${setup.connections} connections, ${setup.rounds} rounds of ${setup.seconds} s; medians (least-most)
${cores} x ${cpu}, Linux ${kernel}, fsync ${formatNumber(fsyncMs)} ms, load before ${formatNumber(load)}, Bun ${bun}, nginx ${nginx}, wrk ${wrk}
`;
}

function formatStandings(standings: readonly Standing[]): string {
  const head = [
    "",
    "requests/s",
    "p50 ms",
    "p99 ms",
    "CPU us/request",
    "RSS MB",
    "PSS MB",
    "peak MB",
  ];
  const rows = standings.map(({ load, side, memory, ...figures }) => [
    `${load}, ${side}`,
    formatSpread(figures.perSecond),
    formatSpread(figures.p50Ms),
    formatSpread(figures.p99Ms),
    formatSpread(figures.cpuMicros),
    formatNumber(megabytes(memory.rss)),
    formatNumber(megabytes(memory.pss)),
    formatNumber(megabytes(memory.peak)),
  ]);
  return formatTable([head, ...rows]);
}

function formatDisturbances({ disturbances, floorP99Ms }: RedirectResult): string {
  const head = [
    "",
    "quiet p99 ms",
    "busy p99 ms",
    "ratio",
    "creates/s",
    "refused",
    "create p99 ms",
  ];
  const rows = disturbances.map(({ manner, quietP99Ms, busyP99Ms, ratio, creates }) => [
    manner,
    formatSpread(quietP99Ms),
    formatSpread(busyP99Ms),
    formatNumber(ratio),
    formatNumber(mean(creates.map(({ perSecond }) => perSecond))),
    String(creates.reduce((sum, { refused }) => sum + refused, 0)),
    formatNumber(mean(creates.map(({ p99Ms }) => p99Ms))),
  ]);
  const floor = ["nginx, paced", formatSpread(floorP99Ms), "", "", "", "", ""];
  return `Busy: ${CREATES_PER_SECOND} links/s are posted meanwhile. Paced: ${PACED_PER_SECOND} requests/s, timed from when they were due.
${formatTable([head, ...rows, floor])}`;
}

function formatCounting({ counting, made }: RedirectResult): string {
  const { answered, underWay, counted } = counting;
  return `${answered} visits answered (at most ${underWay} more were under way when a load stopped), ${counted} counted.
${made.acknowledged} links acknowledged, ${made.stored} in the database.
`;
}

function megabytes(bytes: number): number {
  return bytes / 1e6;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
