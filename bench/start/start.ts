import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Bench, BenchContext, Finding } from "../bench.ts";
import { runScript } from "../machine/child.ts";
import { forgetFiles } from "../machine/page-cache.ts";
import { takeCopy } from "../seed/keep-seed.ts";
import { linkAt, seedLinks } from "../seed/links.ts";
import { type OursOptions, oursCommand, oursEnvironment } from "../sides/ours.ts";
import { findFreePort, stopChild } from "../sides/side.ts";
import { type Spread, spreadOf } from "../stats.ts";
import { formatNumber, formatSpread, type Goal, type Table } from "../table.ts";
import { type PartsOrder, type StartParts, wallClockMs } from "./parts.ts";

const MOST_MS = { cold: 500, warm: 200 } as const;
const PATIENCE_MS = 30_000;
const POLL_MS = 1;

export const startBench: Bench = {
  doc: "Time to the first response with a million links, with a warm and a cold page cache.",
  tools: [],
  run: measure,
};

/** `cold`: database, program and packages are not in the page cache. */
const warmths = ["cold", "warm"] as const;
type Warmth = (typeof warmths)[number];

interface Starts {
  readonly warmth: Warmth;
  readonly totalMs: Spread;
  /** One entry per start, each in one process. */
  readonly parts: readonly StartParts[];
}

async function measure({ options, folder }: BenchContext): Promise<Finding> {
  const { program, workers, rounds, quick } = options;
  const count = options.links[0] ?? (quick ? 1000 : 1_000_000);
  const dataFolder = join(folder, "data");
  takeCopy(await seedLinks(count), dataFolder);
  const order = { program, dataFolder, folder, workers };
  bundle(program);
  await timeStart(order);
  const starts: Starts[] = [];
  for (const warmth of warmths) starts.push(await timeStarts(warmth, order, rounds));
  return {
    setup: `${count.toLocaleString("en-US")} links; from the start of the process to the first redirect; ${rounds} rounds, medians (least-most).`,
    tables: [tableOf(starts)],
    notes: [
      "Started by bin/trunk8, from its bundle if there is one. Cold: the database, src, dist and node_modules are read from the disk; Bun itself is in memory, as it runs the bench. Parts are those of a process that does nothing else; the rest is listening and the first answer.",
    ],
    goals: starts.map(goalOf),
    figures: starts,
  };
}

async function timeStarts(warmth: Warmth, order: OursOptions, rounds: number): Promise<Starts> {
  const totals: number[] = [];
  const parts: StartParts[] = [];
  for (let round = 0; round < rounds; round++) {
    makeReady(warmth, order);
    totals.push(await timeStart(order));
    makeReady(warmth, order);
    parts.push(await timeParts(order));
  }
  return { warmth, totalMs: spreadOf(totals), parts };
}

/** The checkout that a `src/main.ts` belongs to. */
function rootOf(program: string): string {
  return dirname(dirname(program));
}

/** As `npm ci` does; earlier checkouts have no bundle. */
function bundle(program: string): void {
  const root = rootOf(program);
  const script = join(root, "scripts", "bundle.ts");
  if (existsSync(script)) Bun.spawnSync([process.execPath, script], { cwd: root });
}

/** After one start, everything is in the page cache. */
function makeReady(warmth: Warmth, { program, dataFolder }: OursOptions): void {
  const root = rootOf(program);
  if (warmth === "cold")
    forgetFiles([dataFolder, ...["src", "dist", "node_modules"].map((name) => join(root, name))]);
}

/** Milliseconds until the first response. */
async function timeStart(order: OursOptions): Promise<number> {
  const port = findFreePort();
  const [, , , ...words] = oursCommand(order, port);
  const root = rootOf(order.program);
  const command = [join(root, "bin", "trunk8"), ...words];
  const start = performance.now();
  const log = Bun.file(join(order.folder, "start.log"));
  const child = Bun.spawn(command, {
    cwd: root,
    env: oursEnvironment({ PATH: process.env.PATH ?? "", HOME: order.folder }),
    stdio: ["ignore", log, log],
  });
  try {
    return (await firstAnswer(port)) - start;
  } catch (cause) {
    throw new Error(`Our server did not start: ${await log.text()}`, { cause });
  } finally {
    await stopChild(child);
  }
}

/** Time of the first response. */
async function firstAnswer(port: number): Promise<number> {
  const url = `http://127.0.0.1:${port}/${linkAt(0).shortCode}`;
  const givesUpAt = performance.now() + PATIENCE_MS;
  while (performance.now() < givesUpAt) {
    const answer = await fetch(url, { redirect: "manual" }).catch(() => null);
    if (answer?.status === 302) return performance.now();
    await Bun.sleep(POLL_MS);
  }
  throw new Error("No link responded in time.");
}

function timeParts({ dataFolder }: OursOptions): Promise<StartParts> {
  const order: PartsOrder = { dataFolder, startedAtMs: wallClockMs() };
  return runScript<StartParts>(join(import.meta.dir, "parts.ts"), order);
}

function goalOf({ warmth, totalMs }: Starts): Goal {
  const name = `start to first response, ${warmth}`;
  return { name, value: totalMs.median, most: MOST_MS[warmth], unit: " ms" };
}

function tableOf(starts: readonly Starts[]): Table {
  const head = ["ms", "total", "Bun itself", "modules", "settings", "database and parts", "rest"];
  const rows = starts.map(({ warmth, totalMs, parts }) => {
    const of = (part: keyof StartParts) => spreadOf(parts.map((one) => one[part])).median;
    const known = [of("runtimeMs"), of("modulesMs"), of("settingsMs"), of("appMs")];
    const rest = totalMs.median - known.reduce((sum, ms) => sum + ms, 0);
    return [warmth, formatSpread(totalMs), ...[...known, rest].map(formatNumber)];
  });
  return { title: "Starting", rows: [head, ...rows] };
}
