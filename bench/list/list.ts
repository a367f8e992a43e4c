import { join } from "node:path";
import type { App } from "../../src/app.ts";
import { operator } from "../../src/policy.ts";
import type { Bench, BenchContext, Finding } from "../bench.ts";
import { seededDice, shuffled } from "../seed/dice.ts";
import { withApp } from "../seed/files.ts";
import { seedListLinks } from "../seed/list-links.ts";
import { formatMegabytes, formatNumber } from "../table.ts";
import { type Case, listCases, taggedCases } from "./list-cases.ts";
import {
  type Cost,
  listListGoals,
  type Timing,
  tableOfGroups,
  tableOfSlowest,
} from "./list-report.ts";

export const listBench: Bench = {
  doc: "Sorting, filtering and searching lists of a million links.",
  tools: [],
  run: measure,
};

async function measure({ options, folder }: BenchContext): Promise<Finding> {
  const { rounds, quick } = options;
  const links = options.links[0] ?? (quick ? 10_000 : 1_000_000);
  const dataFolder = join(folder, "data");
  const { owners, seconds, bytes } = await seedListLinks(dataFolder, links);
  const cases = [...listCases(owners), ...taggedCases(owners)];
  const timings = await withApp(dataFolder, (app) => timeAll(app, cases, rounds));
  return {
    setup: `${links.toLocaleString("en-US")} links (${formatMegabytes(bytes)} MB, created in ${formatNumber(seconds)} s), ${cases.length} combinations, each read ${rounds} times, two pages of 50.`,
    tables: [tableOfGroups(timings), tableOfSlowest(timings)],
    notes: [],
    goals: listListGoals(timings),
    figures: timings,
  };
}

/** In an order that separates similar cases. */
async function timeAll(app: App, cases: readonly Case[], rounds: number): Promise<Timing[]> {
  const dice = seededDice(3);
  const timings = cases.map(({ labels }) => ({ labels, costs: [] as Cost[] }));
  for (let round = 0; round < rounds; round++) {
    for (const at of shuffled([...cases.keys()], dice)) {
      const query = cases[at]?.ask(dice);
      if (query !== undefined) timings[at]?.costs.push(...(await timePages(app, query)));
    }
  }
  return timings;
}

/** Reads the first page and, if there is one, the second. */
async function timePages(app: App, query: ReturnType<Case["ask"]>): Promise<Cost[]> {
  const { page, cost } = await timePage(app, query);
  if (page.next === null) return [cost];
  return [cost, (await timePage(app, { ...query, cursor: page.next })).cost];
}

async function timePage(app: App, query: ReturnType<Case["ask"]>) {
  const [start, used] = [performance.now(), process.cpuUsage()];
  const page = await app.links.list(operator, query);
  const { user, system } = process.cpuUsage(used);
  return { page, cost: { ms: performance.now() - start, cpuMs: (user + system) / 1000 } };
}
