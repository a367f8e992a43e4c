import { join } from "node:path";
import type { App } from "../../src/app.ts";
import { ALL_OWNERS, type Subject } from "../../src/visits/reports/report.ts";
import { parseReportQuery, type ReportParameters } from "../../src/visits/reports/report-query.ts";
import type { Bench, BenchContext, Finding } from "../bench.ts";
import { withApp } from "../seed/files.ts";
import { takeCopy } from "../seed/keep-seed.ts";
import { percentile } from "../stats.ts";
import { formatMegabytes, formatNumber, type Goal } from "../table.ts";
import { valuesOf } from "./random-visits.ts";
import { NOW, seedVisits } from "./seed-visits.ts";

export const reportsBench: Bench = {
  doc: "Reports over ten million visits to a million links.",
  tools: [],
  run: measure,
};

/** Goals for the 99th percentile, unloaded. */
const MOST_MS = { "from sums": 50, filtered: 300 } as const;

interface Case {
  readonly name: string;
  readonly by: keyof typeof MOST_MS;
  readonly subject: Subject;
  readonly query: ReportParameters;
}

interface Timing extends Case {
  readonly ms: number[];
  readonly cpuMs: number[];
  readonly people: number;
}

/** A country of one visitor in thirty. */
const FILTER = { country: valuesOf("country")[3] };

function cases(): Case[] {
  const subjects = {
    "the hottest link": { of: "link", id: 1 },
    "a link": { of: "link", id: 400 },
    "an account": { of: "owner", id: 2 },
    "the site": { of: "owner", id: ALL_OWNERS },
  } as const;
  return Object.entries(subjects).flatMap(([name, subject]) => [
    ...(["7d", "30d", "90d", "year", "all"] as const).map(
      (range): Case => ({ name: `${name}, ${range}`, by: "from sums", subject, query: { range } }),
    ),
    ...(["7d", "30d", "90d"] as const).map(
      (range): Case => ({
        name: `${name}, ${range}, one country`,
        by: "filtered",
        subject,
        query: { range, ...FILTER },
      }),
    ),
  ]);
}

async function measure({ options, folder }: BenchContext): Promise<Finding> {
  const { rounds, quick } = options;
  const links = options.links[0] ?? (quick ? 10_000 : 1_000_000);
  const seed = await seedVisits(links, links * 10);
  const dataFolder = join(folder, "data");
  takeCopy(seed, dataFolder);
  const { timings, turns } = await withApp(
    dataFolder,
    (app) => timeAll(app, rounds * 10),
    () => NOW,
  );
  return {
    setup: `${links.toLocaleString("en-US")} links, ${seed.visits.toLocaleString("en-US")} visits of a year, single ones of 90 days (${formatMegabytes(seed.bytes)} MB, created in ${formatNumber(seed.seconds)} s); each report counted ${rounds * 10} times, none from memory.`,
    tables: [
      {
        title: "Reports",
        rows: [
          ["", "visits", "p50 ms", "p99 ms", "CPU p50 ms"],
          ...timings.map(({ name, ms, cpuMs, people }) => [
            name,
            people.toLocaleString("en-US"),
            formatNumber(percentile(ms, 50)),
            formatNumber(percentile(ms, 99)),
            formatNumber(percentile(cpuMs, 50)),
          ]),
        ],
      },
    ],
    notes: [
      `While reports were counted, the serving thread was free again within ${formatNumber(percentile(turns, 99))} ms at p99.`,
    ],
    goals: goalsOf(timings),
    figures: { timings, turns: percentile(turns, 99) },
  };
}

function goalsOf(timings: readonly Timing[]): Goal[] {
  return (Object.keys(MOST_MS) as (keyof typeof MOST_MS)[]).map((by) => {
    const ms = timings.filter((timing) => timing.by === by).flatMap((timing) => timing.ms);
    const sorted = ms.toSorted((a, b) => a - b);
    return {
      name: `p99 of reports ${by}`,
      value: percentile(sorted, 99),
      most: MOST_MS[by],
      unit: " ms",
    };
  });
}

async function timeAll(app: App, times: number) {
  const timings: Timing[] = [];
  const turns: number[] = [];
  const timer = watchTurns(turns);
  for (const one of cases()) timings.push(await timeCase(app, one, times));
  clearInterval(timer);
  return { timings, turns: turns.sort((a, b) => a - b) };
}

/** Another number of rows is another report, so none is answered from memory. */
async function timeCase(app: App, one: Case, times: number): Promise<Timing> {
  const query = parseReportQuery(one.query);
  const costs: { ms: number; cpuMs: number }[] = [];
  let people = 0;
  for (let time = 0; time <= times; time++) {
    const [start, used] = [performance.now(), process.cpuUsage()];
    const report = await app.visits.reports.of(one.subject, query, { most: 8 + time });
    const { user, system } = process.cpuUsage(used);
    if (time > 0) costs.push({ ms: performance.now() - start, cpuMs: (user + system) / 1000 });
    people = report.totals.people;
  }
  const sorted = (of: "ms" | "cpuMs") => costs.map((cost) => cost[of]).sort((a, b) => a - b);
  return { ...one, people, ms: sorted("ms"), cpuMs: sorted("cpuMs") };
}

/** How much later than every two milliseconds the serving thread gets its turn. */
function watchTurns(late: number[]): Timer {
  let last = performance.now();
  return setInterval(() => {
    const now = performance.now();
    late.push(Math.max(0, now - last - 2));
    last = now;
  }, 2);
}
