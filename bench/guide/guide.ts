import type { Bench, BenchContext, Finding } from "../bench.ts";
import { formatMegabytes, formatNumber, type Goal, type Table } from "../table.ts";
import { searchHighest } from "./highest.ts";
import { keepsLimits, limitGoals, limits } from "./limits.ts";
import { linksOf, Mix, type MixRun, tableOfMix } from "./mix.ts";

/** Requests at which the guide's table should still be met. */
const LEAST_A_SECOND = 3000;

const size = {
  whole: { perSecond: 1000, seconds: 60, stepSeconds: 10, most: 50_000, halvings: 3 },
  quick: { perSecond: 200, seconds: 2, stepSeconds: 1, most: 400, halvings: 1 },
} as const;

export const guideBench: Bench = {
  doc: "The performance guide's mixed load at 1,000 requests/s, and the highest rate that meets its table.",
  tools: [],
  run: measure,
};

async function measure({ options, folder }: BenchContext): Promise<Finding> {
  const { perSecond, seconds, stepSeconds, most, halvings } = options.quick
    ? size.quick
    : size.whole;
  await using mix = await Mix.start({ options, folder });
  const run = await mix.run(perSecond, seconds);
  const search = { from: perSecond, seconds: stepSeconds, most, halvings };
  const steps = keepsLimits(run) ? await searchHighest(mix, search) : [];
  const highest = highestKept([run, ...steps]);
  return {
    setup: `${perSecond}/s for ${seconds} s, timed from the moment each request was due: 70 % redirects, 10 % Markdown, 10 % files of 100 KB, 8 % lists, 2 % creates, over ${linksOf({ options }).toLocaleString("en-US")} links; then steps of ${stepSeconds} s.`,
    tables: [
      tableOfMix("By kind", [run]),
      tableOfSteps("Compared with the guide's table", [run, ...steps]),
    ],
    notes: [
      "CPU and memory are those of our processes as a share of the machine. The load generator runs on the same machine and is not counted, which limits the highest rate.",
    ],
    goals: [...limitGoals(run, "goal").map(named(perSecond)), rateGoal(highest)],
    figures: { run, steps },
  };
}

function highestKept(runs: readonly MixRun[]): MixRun | null {
  const kept = runs.filter(keepsLimits).toSorted((a, b) => a.perSecond - b.perSecond);
  return kept.at(-1) ?? null;
}

function named(perSecond: number): (goal: Goal) => Goal {
  return (goal) => ({ ...goal, name: `${goal.name} at ${perSecond}/s` });
}

function rateGoal(highest: MixRun | null): Goal {
  const value = highest?.perSecond ?? Number.NaN;
  const name = "highest rate that meets the guide's table";
  return { name, value, least: LEAST_A_SECOND, unit: "/s" };
}

export function tableOfSteps(title: string, runs: readonly MixRun[]): Table {
  const names = limits.map(({ name, unit }) => `${name}${unit}`);
  const head = ["", ...names, "memory MB", "opened/s", "admin/s", ""];
  const allowed = [
    "the guide's",
    ...limits.map(({ most }) => `< ${most}`),
    "",
    "1,000+",
    "50+",
    "",
  ];
  const rows = runs.map((run) => [
    `${run.perSecond.toLocaleString("en-US")}/s`,
    ...limits.map(({ of }) => formatNumber(of(run))),
    formatMegabytes(run.memoryBytes),
    formatNumber(run.openedPerSecond),
    formatNumber(run.adminPerSecond),
    keepsLimits(run) ? "met" : "missed",
  ]);
  return { title, rows: [head, allowed, ...rows] };
}
