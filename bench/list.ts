import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type App, openApp } from "../src/app.ts";
import { LiveSettings } from "../src/config/live.ts";
import { silentLog } from "../src/ops/log.ts";
import { operator } from "../src/policy.ts";
import { readLoad } from "./alone.ts";
import { seededDice, shuffled } from "./chance.ts";
import { type Case, listCases } from "./listcases.ts";
import { type Cost, formatListReport, type ListResult, listListGoals } from "./listreport.ts";
import { insertListLinks, insertOwners, type Owners } from "./listseed.ts";
import { describeMachine } from "./machine.ts";
import type { RedirectOptions } from "./redirect.ts";
import { saveResult } from "./results.ts";
import { openData } from "./seed.ts";
import { isReached } from "./table.ts";

/** Measures, prints, and writes down what lists of many links cost; tells whether every goal is reached. */
export async function benchList(options: RedirectOptions): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), "trunk8-bench-"));
  try {
    const result = await measure(options, folder);
    process.stdout.write(
      `${formatListReport(result)}\nWritten to ${await saveResult("list", result)}\n`,
    );
    return listListGoals(result).every(isReached);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function measure(options: RedirectOptions, folder: string): Promise<ListResult> {
  const load = readLoad();
  const dataFolder = join(folder, "data");
  const { owners, seconds } = await seed(dataFolder, options.links);
  const machine = describeMachine(folder, options.program, load);
  const live = LiveSettings.fixed({ "admin.password": "bench-password-7d1f" }, dataFolder);
  const app = await openApp({ live, log: silentLog() });
  try {
    const { links, rounds } = options;
    const cases = listCases(owners);
    const setup = { links, rounds, cases: cases.length, seedSeconds: seconds };
    const timings = await timeAll(app, cases, rounds);
    return { at: new Date().toISOString(), machine, setup, timings };
  } finally {
    await app.close();
  }
}

async function seed(dataFolder: string, links: number) {
  const start = performance.now();
  await using database = await openData(dataFolder);
  const owners: Owners = await insertOwners(database);
  await insertListLinks(database, owners, links, Date.now());
  return { owners, seconds: (performance.now() - start) / 1000 };
}

/** In an order that puts like cases apart. */
async function timeAll(
  app: App,
  cases: readonly Case[],
  rounds: number,
): Promise<ListResult["timings"]> {
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

/** The first page, and where there is one, the second. */
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
