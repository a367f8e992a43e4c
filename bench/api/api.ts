import { join } from "node:path";
import type { Bench, BenchContext, Finding } from "../bench.ts";
import { type CreatesOrder, type CreatesResult, runCreates } from "../load/creates.ts";
import { inTurn } from "../load/in-turn.ts";
import { signIn } from "../load/sign-in.ts";
import { readCpuMicros, settle } from "../machine/cpu.ts";
import { MADE_PREFIX, readStored } from "../redirect/counted.ts";
import { takeCopy } from "../seed/keep-seed.ts";
import { seedLinks } from "../seed/links.ts";
import { ADMIN_PASSWORD, startOurs } from "../sides/ours.ts";
import type { Side } from "../sides/side.ts";
import { spreadOf } from "../stats.ts";
import { formatNumber, formatSpread, type Goal, goalOfNone, type Table } from "../table.ts";
import { type Export, exportAll, tableOfExports } from "./export.ts";
import { makeKey } from "./make-key.ts";

const CLIENTS = 16;
const LEAST_A_SECOND = 2000;
const MOST_LIST_MS = 0.6;

/** An export of ten times the links may need this much more memory. */
const MOST_MORE_MB = 64;

export const apiBench: Bench = {
  doc: "The API with a key: creating links, beside the form; pages of lists; all links as NDJSON.",
  tools: [],
  run: measure,
};

/** One way to create links, over all rounds. */
interface Way {
  readonly name: string;
  readonly by: CreatesOrder["by"];
  readonly rounds: (CreatesResult & { readonly cpuMicros: number })[];
}

async function measure(context: BenchContext): Promise<Finding> {
  const { options, folder } = context;
  const count = options.links[0] ?? (options.quick ? 1000 : 100_000);
  const many = options.links[1] ?? count * 10;
  const dataFolder = join(folder, "data");
  takeCopy(await seedLinks(count), dataFolder);
  const { ways, listMs, few } = await withSite(context, dataFolder, async (ours, key) => ({
    listMs: await measureLists(ours, key, options),
    few: await exportAll(ours, key, count),
    ways: await measureCreates(ours, key, options),
  }));
  const { made } = await readStored(dataFolder);
  const manyFolder = join(folder, "many");
  takeCopy(await seedLinks(many), manyFolder);
  const all = await withSite(context, manyFolder, (ours, key) => exportAll(ours, key, many));
  return {
    setup: `${CLIENTS} clients; ${count.toLocaleString("en-US")} links; ${options.rounds} rounds of ${options.seconds} s, medians (least-most). One process exports ${count.toLocaleString("en-US")} links, another ${many.toLocaleString("en-US")}.`,
    tables: [tableOfWays(ways), tableOfExports([few, all])],
    notes: [`A page of 50 links takes ${formatSpread(spreadOf(listMs))} ms of CPU.`],
    goals: goalsOf({ ways, listMs, made, exports: [few, all] }),
    figures: { ways: ways.map(({ name, rounds }) => ({ name, rounds })), listMs, few, all },
  };
}

async function withSite<T>(
  { options: { program, workers }, folder }: BenchContext,
  dataFolder: string,
  work: (ours: Side, key: string) => Promise<T>,
): Promise<T> {
  const env = { TRUNK8_LIMITS_KEY_PER_MINUTE: "0" };
  await using ours = await startOurs({ program, dataFolder, folder, workers, env });
  const done = await work(ours, await makeKey(ours.port));
  await ours.stop();
  return done;
}

/** The ways in turn, so that other load on the machine affects both. */
async function measureCreates(
  { port, pid }: Side,
  key: string,
  { rounds, seconds }: BenchContext["options"],
): Promise<Way[]> {
  const cookie = await signIn(port, ADMIN_PASSWORD);
  const ways: Way[] = [
    { name: "through the API, by a key", by: { key }, rounds: [] },
    { name: "through the form", by: { cookie }, rounds: [] },
  ];
  for (let round = 0; round < rounds; round++)
    for (const [at, way] of ways.entries()) {
      const prefix = `${MADE_PREFIX}${round}-${at}`;
      const order = { port, by: way.by, prefix, seconds, listsPerSecond: 0 };
      const before = readCpuMicros(pid);
      const result = await runCreates({ ...order, mode: { clients: CLIENTS } });
      await settle(pid);
      const cpuMicros = (readCpuMicros(pid) - before) / result.acknowledged;
      way.rounds.push({ ...result, cpuMicros });
    }
  return ways;
}

/** CPU of a page in milliseconds, in each round: pages one after the other, as far as the list goes. */
async function measureLists(
  { port, pid }: Side,
  key: string,
  { rounds, seconds }: BenchContext["options"],
): Promise<number[]> {
  const url = `http://127.0.0.1:${port}/api/v1/links?limit=50`;
  const headers = { authorization: `Bearer ${key}` };
  const costs: number[] = [];
  for (let round = -1; round < rounds; round++) {
    let next: string | null = null;
    const before = readCpuMicros(pid);
    const pages = await inTurn(CLIENTS, seconds, async () => {
      const after: string = next === null ? "" : `&after=${next}`;
      const answer = await fetch(url + after, { headers });
      const page = (await answer.json()) as { items: unknown[]; next: string | null };
      if (page.items.length !== 50) throw new Error(`A page returned ${answer.status}.`);
      next = page.next;
    });
    await settle(pid);
    const cost = (readCpuMicros(pid) - before) / 1000 / pages.length;
    if (round >= 0) costs.push(cost);
  }
  return costs;
}

interface Figures {
  readonly ways: readonly Way[];
  readonly listMs: readonly number[];
  readonly made: number;
  readonly exports: readonly [Export, Export];
}

function goalsOf({ ways, listMs, made, exports: [few, all] }: Figures): Goal[] {
  const [byKey] = ways;
  const acknowledged = ways
    .flatMap(({ rounds }) => rounds)
    .reduce((sum, round) => sum + round.acknowledged, 0);
  const perSecond = byKey?.rounds.map((round) => round.perSecond) ?? [];
  return [
    {
      name: "durable creates per second by a key",
      value: spreadOf(perSecond).median,
      least: LEAST_A_SECOND,
      unit: "/s",
    },
    {
      name: "CPU of a list page of 50",
      value: spreadOf(listMs).median,
      most: MOST_LIST_MS,
      unit: " ms",
    },
    {
      name: "memory that ten times the links need more",
      value: all.grownMb - few.grownMb,
      most: MOST_MORE_MB,
      unit: " MB",
    },
    goalOfNone("links missing in the exports", few.missing + all.missing),
    goalOfNone("acknowledged links that are missing, or unexpected ones", acknowledged - made),
  ];
}

function tableOfWays(ways: readonly Way[]): Table {
  const head = ["", "creates/s", "p50 ms", "p99 ms", "CPU us/create", "refused"];
  const rows = ways.map(({ name, rounds }) => [
    name,
    ...(["perSecond", "p50Ms", "p99Ms", "cpuMicros"] as const).map((figure) =>
      formatSpread(spreadOf(rounds.map((round) => round[figure]))),
    ),
    formatNumber(rounds.reduce((sum, { refused }) => sum + refused, 0)),
  ]);
  return { title: "Creating links", rows: [head, ...rows] };
}
