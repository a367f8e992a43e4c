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
import type { SideResult } from "./compare.ts";
import { type Counting, miscounted } from "./counted.ts";

export interface RedirectFigures {
  readonly results: readonly SideResult[];
  /** One worker, then two; empty if the program has none. */
  readonly scaling: readonly SideResult[];
  readonly disturbances: readonly Disturbance[];
  readonly floorP99Ms: Spread | null;
  readonly countings: readonly (Counting & { readonly made: number })[];
  readonly seeds: readonly LinkSeed[];
}

type Description = Omit<Finding, "setup">;

export function describeRedirects(figures: RedirectFigures): Description {
  const { results, scaling, countings, seeds } = figures;
  const scaled = scaling.length === 0 ? [] : [tableOfScaling(scaling)];
  return {
    tables: [
      tableOfStandings(results),
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
  const { results, scaling, disturbances, countings } = figures;
  const all = [...results, ...scaling, ...disturbances];
  const acknowledged = sum(creates(disturbances), (one) => one.acknowledged);
  const stored = sum(countings, ({ made }) => made);
  return [
    ...cpuGoals(results),
    ...sizeGoals(results),
    ...scalingGoals(scaling),
    ...disturbances.map(({ mode, ratio }) => ({
      name: `p99 with creates and lists / quiet, ${mode}`,
      value: ratio,
      most: 2,
      unit: "x",
    })),
    goalOfNone(
      "failed requests",
      sum(all, ({ failed }) => failed),
    ),
    goalOfNone("visits miscounted", sum(countings, miscounted)),
    goalOfNone("acknowledged links lost", Math.max(0, acknowledged - stored)),
  ];
}

/** Most CPU of a counted redirect, in that of a rival. */
const mostTimes = [
  { rival: "bare Bun", load: "hot", most: 1.2 },
  { rival: "nginx", load: "hot", most: 1.5 },
  { rival: "nginx", load: "uniform", most: 1.8 },
] as const;

/** Compared with nginx at its highest number of links. */
function cpuGoals(results: readonly SideResult[]): Goal[] {
  const links = results.findLast(({ side }) => side === "nginx")?.links;
  return mostTimes.flatMap(({ rival, load, most }) => {
    const ofLoad = results.filter((result) => result.load === load);
    const other = ofLoad.findLast(({ side }) => side === rival);
    const ours = ofLoad.find((result) => result.side === "trunk8" && result.links === links);
    if (other === undefined || ours === undefined) return [];
    const value = ours.cpuMicros.median / other.cpuMicros.median;
    const name = `CPU of a counted redirect / ${rival}'s, ${count(ours.links)} links, ${load}`;
    return [{ name, value, most, unit: "x" }];
  });
}

function sizeGoals(results: readonly SideResult[]): Goal[] {
  const ours = results.filter(({ side }) => side === "trunk8");
  const hot = ours.filter(({ load }) => load === "hot");
  const [least, most] = [hot.at(0), hot.at(-1)];
  if (least === undefined || most === undefined) return [];
  const ofMost = ours.filter(({ links }) => links === most.links);
  const memory = {
    name: `peak memory of a process with ${count(most.links)} links`,
    value: Math.max(...ofMost.map(({ memory }) => memory.largestPeak / 1e6)),
    most: 130,
    unit: " MB",
  };
  if (least === most) return [memory];
  const name = `CPU with ${count(most.links)} links / with ${count(least.links)}, hot`;
  const value = most.cpuMicros.median / least.cpuMicros.median;
  return [{ name, value, most: 1.15, unit: "x" }, memory];
}

function scalingGoals(scaling: readonly SideResult[]): Goal[] {
  if (scaling.length === 0) return [];
  return [
    { name: "2 workers / 1, CPU-normalised", value: speedupOf(scaling), least: 1.8, unit: "x" },
  ];
}

/** Redirects per CPU second, times the CPU seconds that two workers can use per second. */
function speedupOf([one, two]: readonly SideResult[]): number {
  return (2 * (one?.cpuMicros.median ?? NaN)) / (two?.cpuMicros.median ?? NaN);
}

function notesOn({ scaling, seeds }: RedirectFigures): string[] {
  const lean = seeds.filter(({ searchable }) => !searchable).map((seed) => count(seed.count));
  return [
    ...(noteWithoutNginx === null ? [] : [noteWithoutNginx]),
    ...(scaling.length === 0
      ? ["This program has no `serve --workers`, so two workers are not measured."]
      : []),
    ...(lean.length === 0
      ? []
      : [
          `With ${lean.join(" and ")} links there are no search rows, which a redirect does not read.`,
        ]),
  ];
}

function tableOfStandings(results: readonly SideResult[]): Table {
  return { title: "Opening links at the highest rate", rows: rowsOf(results) };
}

function tableOfScaling(scaling: readonly SideResult[]): Table {
  const speedup = formatNumber(speedupOf(scaling));
  return {
    title: `Workers. CPU-normalised speedup, twice the redirects per CPU second of two workers divided by those of one: ${speedup}x`,
    rows: rowsOf(scaling),
  };
}

function rowsOf(results: readonly SideResult[]): string[][] {
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
  const rows = results.map(({ load, side, links, memory, ...figures }) => [
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
  const rows = disturbances.map(({ mode, quietP99Ms, busyP99Ms, ratio, creates }) => [
    mode,
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
    title: `Busy: ${CREATES_PER_SECOND} links/s are created and ${LISTS_PER_SECOND} lists/s read meanwhile. Paced: ${PACED_PER_SECOND} requests/s, timed from the moment they were due`,
    rows: [head, ...rows, ...floor],
  };
}

function tableOfCounting(countings: RedirectFigures["countings"]): Table {
  const head = ["", "visits answered", "in flight", "counted", "links created"];
  const rows = countings.map(({ server, answered, underWay, counted, made }) => [
    server,
    ...[answered, underWay, counted, made].map(count),
  ]);
  return {
    title: "Counting. In flight: requests that were unanswered when a load stopped",
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
    title: "Seeds, created once and kept",
    rows: [["links", "seconds", "MB", "searchable"], ...rows],
  };
}

function creates(disturbances: readonly Disturbance[]): readonly CreatesResult[] {
  return disturbances.flatMap((one) => one.creates);
}

function count(value: number): string {
  return value.toLocaleString("en-US");
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}

function mean(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0) / values.length;
}
