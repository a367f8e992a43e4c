import { join } from "node:path";
import type { App } from "../app.ts";
import { BYTES_A_MB } from "../config/values/sizes.ts";
import { checkDatabase } from "../database/database-consistency.ts";
import { readDisk } from "../os/disk.ts";
import { Problem, toProblem } from "../problem.ts";
import { text } from "./text.en.ts";

/** Checks by name, each with what is wrong, or null. */
export type Checks = Readonly<Record<string, string | null>>;

export interface Readiness {
  /** What links need to be answered: with a fault here, this node should get no requests. */
  readonly ready: Checks;
  /** What else is wrong, while links are answered. */
  readonly degraded: Checks;
}

type Check = (app: App) => Promise<unknown>;

/** A check that takes longer has failed, in milliseconds. */
const TIMEOUT_MS = 3000;

/** How long a result serves: balancers ask often, and several at once. */
const KEPT_MS = 1000;

const needed: Readonly<Record<string, Check>> = {
  stopping: async ({ nodes }) => {
    if (nodes.isDraining) throw new Problem("busy", text.stopping);
  },
  // While the database is away and memory may answer, balancers must not give up all nodes.
  database: async ({ database }) => {
    if (!database.changes.isStale) await checkDatabase(database);
  },
  files: ({ files }) => files.blobs.store.check(),
};

const wanted: Readonly<Record<string, Check>> = {
  writes: async ({ writeHealth }) => writeHealth.check(),
  reads: ({ database }) => database.probes.reads(),
  reports: ({ database }) => database.probes.reports(),
  writer: ({ database }) => database.probes.writer(),
  changes: ({ database }) => database.probes.changes(),
  uploads: ({ files }) => files.blobs.store.checkWritable(),
  disk: checkDisks,
  visits: async ({ visits }) => {
    if (visits.isBehind) throw new Problem("busy", text.visitsBehind);
  },
  settings: async ({ live }) => {
    if (live.fault !== null) throw new Problem("invalid", live.fault);
  },
};

/** Checks whether links can be answered, and what else is wrong. Nothing is written. Never rejects. */
export async function checkReadiness(app: App): Promise<Readiness> {
  const [ready, degraded] = await Promise.all([checkReady(app), runChecks(app, wanted)]);
  return { ready, degraded };
}

interface Kept {
  readonly at: number;
  readonly checks: Promise<Checks>;
}

const kept = new WeakMap<App, Kept>();

/** Checks only whether this node should get requests; at most once a second until it stops. Never rejects. */
export function checkReady(app: App): Promise<Checks> {
  const now = performance.now();
  const last = kept.get(app);
  const serves = last !== undefined && now - last.at < KEPT_MS && !app.nodes.isDraining;
  if (serves) return last.checks;
  const checks = runChecks(app, needed);
  kept.set(app, { at: now, checks });
  return checks;
}

export function isWell(checks: Checks): boolean {
  return Object.values(checks).every((fault) => fault === null);
}

/** Each check with the first fault of several processes. */
export function mergeChecks(results: readonly Checks[]): Checks {
  const merged: Record<string, string | null> = {};
  for (const checks of results)
    for (const [name, fault] of Object.entries(checks)) merged[name] ??= fault;
  return merged;
}

async function runChecks(app: App, checks: Readonly<Record<string, Check>>): Promise<Checks> {
  const looks = Object.entries(checks).map(async ([name, check]) => [
    name,
    await faultOf(() => check(app)),
  ]);
  return Object.fromEntries(await Promise.all(looks));
}

async function faultOf(check: () => Promise<unknown>): Promise<string | null> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Problem("busy", text.noAnswer)), TIMEOUT_MS);
  try {
    await Promise.race([check(), late.promise]);
    return null;
  } catch (thrown) {
    return toProblem(thrown).message;
  } finally {
    clearTimeout(timer);
  }
}

/** Of the data folder, and of stored files, which may be on a share. */
async function checkDisks({ live, files }: App): Promise<void> {
  const floor = live.current["ops.disk_floor_mb"];
  const places = [
    { folder: live.dataFolder, freeBytes: (await readDisk(live.dataFolder)).freeBytes },
    { folder: join(live.dataFolder, "users"), freeBytes: await files.blobs.store.freeBytes() },
  ];
  for (const { folder, freeBytes } of places) {
    if (freeBytes >= floor * BYTES_A_MB) continue;
    const free = Math.floor(freeBytes / BYTES_A_MB);
    throw new Problem("storage_full", text.diskLow(free, floor, folder));
  }
}
