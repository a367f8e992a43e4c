import { percentile } from "../stats.ts";
import { formatNumber, type Goal, type Table } from "../table.ts";

export interface Timing {
  readonly labels: readonly string[];
  /** One entry per page. */
  readonly costs: readonly Cost[];
}

/** Duration and CPU time of one page, in milliseconds. */
export interface Cost {
  readonly ms: number;
  readonly cpuMs: number;
}

/** Goal for the 99th percentile of a page. */
const MOST_MS = 50;

const SLOWEST = 15;

/** A goal for each sort order, filter and search over all combinations, and for the slowest combination. */
export function listListGoals(timings: readonly Timing[]): Goal[] {
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

export function tableOfGroups(timings: readonly Timing[]): Table {
  const rows = groupByLabel(timings).map(({ label, ...figures }) => [
    label,
    ...[figures.p50, figures.p99, figures.most, figures.cpuP50, figures.cpuP99].map(formatNumber),
  ]);
  const head = ["", "p50 ms", "p99 ms", "max ms", "CPU p50 ms", "CPU p99 ms"];
  return {
    title: "Each sort order, filter and search, in all combinations",
    rows: [head, ...rows],
  };
}

export function tableOfSlowest(timings: readonly Timing[]): Table {
  const slowest = timings.toSorted((a, b) => medianOf(b) - medianOf(a)).slice(0, SLOWEST);
  const rows = slowest.map(({ labels, costs }) => [
    labels.join("; "),
    formatNumber(medianOf({ costs })),
    formatNumber(percentile(sortedBy("cpuMs", costs), 50)),
  ]);
  return { title: "The slowest combinations", rows: [["", "median ms", "CPU ms"], ...rows] };
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
