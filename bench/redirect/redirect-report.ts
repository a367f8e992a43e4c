import type { Finding } from "../bench.ts";
import type { CreatesResult } from "../load/creates.ts";
import { noteWithoutNginx } from "../machine/child.ts";
import type { LinkSeed } from "../seed/links.ts";
import type { Spread } from "../stats.ts";
import {
  formatMegabytes,
  formatNumber,
  formatSpread,
  type Goal,
  goalOfNone,
  type Table,
} from "../table.ts";
import {
  CREATES_PER_SECOND,
  type Disturbance,
  LISTS_PER_SECOND,
  PACED_PER_SECOND,
} from "./busy.ts";
import type { Standing } from "./compare.ts";
import { type Counting, miscounted } from "./counted.ts";

export interface RedirectFigures {
  readonly standings: readonly Standing[];
  /** One worker, then two; empty: the program has none. */
  readonly scaling: readonly Standing[];
  readonly disturbances: readonly Disturbance[];
  readonly floorP99Ms: Spread | null;
  readonly countings: readonly (Counting & { readonly made: number })[];
  readonly seeds: readonly LinkSeed[];
}

type Description = Omit<Finding, "setup">;

export function describeRedirects(figures: RedirectFigures): Description {
  const { standings, scaling, countings, seeds } = figures;
  const scaled = scaling.length === 0 ? [] : [tableOfScaling(scaling)];
  return {
    tables: [
      tableOfStandings(standings),
      ...scaled,
      tableOfDisturbances(figures),
      tableOfCounting(countings),
      tableOfSeeds(seeds),
    ],
    notes: notesOn(figures),
    goals: goalsOf(figures),
    figures,
  };
}

function goalsOf(figures: RedirectFigures): Goal[] {
  const { standings, scaling, disturbances, countings } = figures;
  const all = [...standings, ...scaling, ...disturbances];
  const acknowledged = sum(creates(disturbances), (one) => one.acknowledged);
  const stored = sum(countings, ({ made }) => made);
  return [
    ...cpuGoals(standings),
    ...sizeGoals(standings),
    ...scalingGoals(scaling),
    ...disturbances.map(({ manner, ratio }) => ({
      name: `p99 with creates and lists / quiet, ${manner}`,
      value: ratio,
      most: 2,
      unit: "x",
    })),
    goalOfNone(
      "requests that failed",
      sum(all, ({ failed }) => failed),
    ),
    goalOfNone("visits miscounted", sum(countings, miscounted)),
    goalOfNone("acknowledged links lost", Math.max(0, acknowledged - stored)),
  ];
}

/** Beside nginx with the most links it has. */
function cpuGoals(standings: readonly Standing[]): Goal[] {
  const hot = standings.filter(({ load }) => load === "hot");
  const nginx = hot.findLast(({ side }) => side === "nginx");
  const ours = hot.find(({ side, links }) => side === "trunk8" && links === nginx?.links);
  if (nginx === undefined || ours === undefined) return [];
  const value = ours.cpuMicros.median / nginx.cpuMicros.median;
  const name = `CPU of a counted redirect / nginx's, ${count(nginx.links)} links, hot`;
  return [{ name, value, most: 1.5, unit: "x" }];
}

function sizeGoals(standings: readonly Standing[]): Goal[] {
  const ours = standings.filter(({ side }) => side === "trunk8");
  const hot = ours.filter(({ load }) => load === "hot");
  const [least, most] = [hot.at(0), hot.at(-1)];
  if (least === undefined || most === undefined) return [];
  const ofMost = ours.filter(({ links }) => links === most.links);
  const memory = {
    name: `memory of a process with ${count(most.links)} links, at its highest`,
    value: Math.max(...ofMost.map(({ memory }) => memory.largestPeak / 1e6)),
    most: 150,
    unit: " MB",
  };
  if (least === most) return [memory];
  const name = `CPU with ${count(most.links)} links / with ${count(least.links)}, hot`;
  const value = most.cpuMicros.median / least.cpuMicros.median;
  return [{ name, value, most: 1.15, unit: "x" }, memory];
}

function scalingGoals(scaling: readonly Standing[]): Goal[] {
  if (scaling.length === 0) return [];
  return [
    { name: "2 workers / 1, CPU-normalised", value: speedupOf(scaling), least: 1.8, unit: "x" },
  ];
}

/** What each CPU second brings, times the seconds that two workers can use at once. */
function speedupOf([one, two]: readonly Standing[]): number {
  return (2 * (one?.cpuMicros.median ?? NaN)) / (two?.cpuMicros.median ?? NaN);
}

function notesOn({ scaling, seeds }: RedirectFigures): string[] {
  const lean = seeds.filter(({ searchable }) => !searchable).map((seed) => count(seed.count));
  return [
    ...(noteWithoutNginx === null ? [] : [noteWithoutNginx]),
    ...(scaling.length === 0
      ? ["This program has no `serve --workers` yet: what two workers do is left out."]
      : []),
    ...(lean.length === 0
      ? []
      : [
          `With ${lean.join(" and ")} links there are no rows for lists to search: a redirect reads none.`,
        ]),
  ];
}

function tableOfStandings(standings: readonly Standing[]): Table {
  return { title: "Opening links as fast as it goes", rows: rowsOf(standings) };
}

function tableOfScaling(scaling: readonly Standing[]): Table {
  const speedup = formatNumber(speedupOf(scaling));
  return {
    title: `Workers. CPU-normalised: twice the redirects that two workers answer in a CPU second over those that one does: ${speedup}x`,
    rows: rowsOf(scaling),
  };
}

function rowsOf(standings: readonly Standing[]): string[][] {
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
  const rows = standings.map(({ load, side, links, memory, ...figures }) => [
    links === 0 ? side : `${load}, ${count(links)}, ${side}`,
    formatSpread(figures.perSecond),
    formatSpread(figures.p50Ms),
    formatSpread(figures.p99Ms),
    formatSpread(figures.cpuMicros),
    formatMegabytes(memory.rss),
    formatMegabytes(memory.pss),
    formatMegabytes(memory.peak),
  ]);
  return [head, ...rows];
}

function tableOfDisturbances({ disturbances, floorP99Ms }: RedirectFigures): Table {
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
    String(sum(creates, ({ refused }) => refused)),
    formatNumber(mean(creates.map(({ p99Ms }) => p99Ms))),
  ]);
  const floor =
    floorP99Ms === null ? [] : [["nginx, paced", formatSpread(floorP99Ms), "", "", "", "", ""]];
  return {
    title: `Busy: ${CREATES_PER_SECOND} links/s are posted and ${LISTS_PER_SECOND} lists/s read meanwhile. Paced: ${PACED_PER_SECOND} requests/s, timed from when they were due`,
    rows: [head, ...rows, ...floor],
  };
}

function tableOfCounting(countings: RedirectFigures["countings"]): Table {
  const head = ["", "visits answered", "perhaps more", "counted", "links made"];
  const rows = countings.map(({ server, answered, underWay, counted, made }) => [
    server,
    ...[answered, underWay, counted, made].map(count),
  ]);
  return {
    title: "Counting. Perhaps more: requests under way when a load stopped",
    rows: [head, ...rows],
  };
}

function tableOfSeeds(seeds: readonly LinkSeed[]): Table {
  const rows = seeds.map((seed) => [
    count(seed.count),
    formatNumber(seed.seconds),
    formatMegabytes(seed.bytes),
    seed.searchable ? "yes" : "no",
  ]);
  return {
    title: "Seeds, made once and kept",
    rows: [["links", "seconds", "MB", "in lists"], ...rows],
  };
}

function creates(disturbances: readonly Disturbance[]): readonly CreatesResult[] {
  return disturbances.flatMap((one) => one.creates);
}

function count(value: number): string {
  return value.toLocaleString("en-US");
}

function sum<T>(things: readonly T[], of: (thing: T) => number): number {
  return things.reduce((total, thing) => total + of(thing), 0);
}

function mean(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0) / values.length;
}
