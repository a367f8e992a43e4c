import { warnIfBusy } from "./alone.ts";
import type { Machine } from "./machine.ts";
import { percentile } from "./stats.ts";
import { formatGoals, formatNumber, formatTable, type Goal } from "./table.ts";

/** All that one run found out: the file in bench/results. */
export interface ListResult {
  readonly at: string;
  readonly machine: Machine;
  readonly setup: {
    readonly links: number;
    readonly rounds: number;
    readonly cases: number;
    readonly seedSeconds: number;
  };
  readonly timings: readonly Timing[];
}

interface Timing {
  readonly labels: readonly string[];
  /** Each page that was asked for. */
  readonly costs: readonly Cost[];
}

/** Of one page, in milliseconds: the time it took, and the time that processors spent on it. */
export interface Cost {
  readonly ms: number;
  readonly cpuMs: number;
}

/** A page may take no longer than this, 99 times of 100. */
const MOST_MS = 50;

const SLOWEST = 15;

/** A goal for each sort, filter and search over all that they are combined with, and for the slowest combination. */
export function listListGoals({ timings }: ListResult): Goal[] {
  const groups = groupByLabel(timings).map(({ label, p99 }) => ({
    name: `p99 of lists: ${label}`,
    value: p99,
    most: MOST_MS,
    unit: " ms",
  }));
  const value = Math.max(...timings.map(medianOf));
  return [
    ...groups,
    { name: "median of the slowest combination", value, most: MOST_MS, unit: " ms" },
  ];
}

export function formatListReport(result: ListResult): string {
  const { at, machine, setup, timings } = result;
  const { cpu, cores, kernel, load, bun, commit } = machine;
  const head = `Lists, ${at}, commit ${commit}
${setup.links} links (made in ${formatNumber(setup.seedSeconds)} s), ${setup.cases} combinations, each asked ${setup.rounds} times, two pages of 50
${cores} x ${cpu}, Linux ${kernel}, load before ${formatNumber(load)}, Bun ${bun}
`;
  return [head, formatGroups(timings), formatSlowest(timings), formatGoals(listListGoals(result))]
    .join("\n")
    .concat(warnIfBusy(machine.load));
}

function formatGroups(timings: readonly Timing[]): string {
  const rows = groupByLabel(timings).map(({ label, ...figures }) => [
    label,
    ...[figures.p50, figures.p99, figures.most, figures.cpuP50, figures.cpuP99].map(formatNumber),
  ]);
  return formatTable([["", "p50 ms", "p99 ms", "most ms", "CPU p50 ms", "CPU p99 ms"], ...rows]);
}

function formatSlowest(timings: readonly Timing[]): string {
  const slowest = timings.toSorted((a, b) => medianOf(b) - medianOf(a)).slice(0, SLOWEST);
  const rows = slowest.map(({ labels, costs }) => [
    labels.join("; "),
    formatNumber(medianOf({ costs })),
    formatNumber(percentile(sortedBy("cpuMs", costs), 50)),
  ]);
  return formatTable([["the slowest combinations", "median ms", "CPU ms"], ...rows]);
}

function groupByLabel(timings: readonly Timing[]) {
  const labels = [...new Set(timings.flatMap((timing) => timing.labels))];
  return labels.map((label) => {
    const costs = timings
      .filter((timing) => timing.labels.includes(label))
      .flatMap((timing) => timing.costs);
    const [ms, cpuMs] = [sortedBy("ms", costs), sortedBy("cpuMs", costs)];
    return {
      label,
      p50: percentile(ms, 50),
      p99: percentile(ms, 99),
      most: ms.at(-1) ?? Number.NaN,
      cpuP50: percentile(cpuMs, 50),
      cpuP99: percentile(cpuMs, 99),
    };
  });
}

function medianOf({ costs }: Pick<Timing, "costs">): number {
  return percentile(sortedBy("ms", costs), 50);
}

function sortedBy(figure: keyof Cost, costs: readonly Cost[]): number[] {
  return costs.map((cost) => cost[figure]).toSorted((a, b) => a - b);
}
