import { join } from "node:path";
import type { Bench, BenchContext, Finding } from "../bench.ts";
import { type CreatesResult, runCreates } from "../load/creates.ts";
import { signIn } from "../load/sign-in.ts";
import { runScript } from "../machine/child.ts";
import { readCpuMicros, settle } from "../machine/cpu.ts";
import { measureFsync } from "../machine/machine.ts";
import { MADE_PREFIX, readStored } from "../redirect/counted.ts";
import { takeCopy } from "../seed/keep-seed.ts";
import { seedLinks } from "../seed/links.ts";
import { ADMIN_PASSWORD, startOurs } from "../sides/ours.ts";
import { spreadOf } from "../stats.ts";
import { formatNumber, formatSpread, type Goal, goalOfNone, type Table } from "../table.ts";
import type { OperationOrder, OperationResult } from "./operation.ts";

const CLIENTS = 16;
const LEAST_A_SECOND = 500;

export const createBench: Bench = {
  doc: "Creating durable links: through the form, and by the operation without HTTP.",
  tools: [],
  run: measure,
};

/** One way to create links, over all rounds. */
interface Way {
  readonly name: string;
  readonly rounds: readonly CreatesResult[];
  /** Per create, of the whole process tree. */
  readonly cpuMicros: number;
  readonly stored: number;
}

async function measure({ options, folder }: BenchContext): Promise<Finding> {
  const { seconds, rounds, quick } = options;
  const count = options.links[0] ?? (quick ? 1000 : 100_000);
  const seed = await seedLinks(count);
  const dataOf = (name: string) => join(folder, name);
  for (const name of ["form", "operation"]) takeCopy(seed, dataOf(name));
  const fsyncsMs = [measureFsync(join(folder, "fsync"))];
  const form = await throughForm({ options, folder }, dataOf("form"));
  fsyncsMs.push(measureFsync(join(folder, "fsync")));
  const operation = await byOperation({ options, folder }, dataOf("operation"));
  fsyncsMs.push(measureFsync(join(folder, "fsync")));
  const ways = [form, operation];
  return {
    setup: `${CLIENTS} clients, each creating its next link when the last is acknowledged; ${count} existing links; ${rounds} rounds of ${seconds} s, medians (least-most).`,
    tables: [tableOf(ways)],
    notes: [
      `An fsync meanwhile took ${fsyncsMs.map(formatNumber).join(", then ")} ms: links that wait at the same time share one.`,
    ],
    goals: goalsOf(ways),
    figures: { ways, fsyncsMs },
  };
}

async function throughForm({ options, folder }: BenchContext, dataFolder: string): Promise<Way> {
  const { program, workers, seconds, rounds } = options;
  const done: CreatesResult[] = [];
  await using ours = await startOurs({ program, dataFolder, folder, workers });
  const cookie = await signIn(ours.port, ADMIN_PASSWORD);
  const before = readCpuMicros(ours.pid);
  for (let round = 0; round < rounds; round++) {
    const prefix = `${MADE_PREFIX}${round}`;
    const mode = { clients: CLIENTS };
    const order = { port: ours.port, by: { cookie }, prefix, seconds, mode, listsPerSecond: 0 };
    done.push(await runCreates(order));
  }
  await settle(ours.pid);
  const cpu = readCpuMicros(ours.pid) - before;
  await ours.stop();
  const { made } = await readStored(dataFolder);
  return { name: "through the form", rounds: done, cpuMicros: cpu / made, stored: made };
}

async function byOperation({ options }: BenchContext, dataFolder: string): Promise<Way> {
  const { seconds, rounds } = options;
  const done: OperationResult[] = [];
  for (let round = 0; round < rounds; round++) {
    const prefix = `${MADE_PREFIX}${round}`;
    const order: OperationOrder = { dataFolder, prefix, clients: CLIENTS, seconds };
    done.push(await runScript<OperationResult>(join(import.meta.dir, "operation.ts"), order));
  }
  const { made } = await readStored(dataFolder);
  const cpu = done.reduce((sum, one) => sum + one.cpuMicros * one.acknowledged, 0);
  return { name: "by the operation", rounds: done, cpuMicros: cpu / made, stored: made };
}

function acknowledgedBy({ rounds }: Way): number {
  return rounds.reduce((sum, { acknowledged }) => sum + acknowledged, 0);
}

function goalsOf(ways: readonly Way[]): Goal[] {
  const lost = ways.map((way) => Math.abs(acknowledgedBy(way) - way.stored));
  return [
    ...ways.map(({ name, rounds }) => ({
      name: `durable creates per second ${name}`,
      value: spreadOf(rounds.map(({ perSecond }) => perSecond)).median,
      least: LEAST_A_SECOND,
      unit: "/s",
    })),
    goalOfNone("acknowledged links that are missing, or unexpected links", Math.max(...lost)),
  ];
}

function tableOf(ways: readonly Way[]): Table {
  const head = ["", "creates/s", "p50 ms", "p99 ms", "CPU us/create", "refused", "stored"];
  const rows = ways.map(({ name, rounds, cpuMicros, stored }) => [
    name,
    ...(["perSecond", "p50Ms", "p99Ms"] as const).map((figure) =>
      formatSpread(spreadOf(rounds.map((round) => round[figure]))),
    ),
    formatNumber(cpuMicros),
    String(rounds.reduce((sum, { refused }) => sum + refused, 0)),
    String(stored),
  ]);
  return { title: "Creating links", rows: [head, ...rows] };
}
