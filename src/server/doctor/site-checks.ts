import type { App } from "../../app.ts";
import { findDatabaseFaults, measureClockLead } from "../../database/database-consistency.ts";
import type { Fault } from "../../fault.ts";
import { toProblem } from "../../problem.ts";
import { jobs } from "../jobs.ts";
import {
  findFullDisks,
  findFutureFiles,
  findLooseFiles,
  findRemoteFolders,
  findTightLimits,
  type Place,
} from "./environment-checks.ts";

/** One thing that is looked at. */
export interface Check {
  readonly name: string;
  find(): AsyncIterable<Fault>;
  /** What is there, where that is worth a word even if nothing is wrong. */
  seen?(): Promise<string>;
}

/** How it is looked at. */
export interface Manner {
  /** Reads every byte. */
  readonly isDeep: boolean;
  /** Puts right what can be put right with no harm. */
  readonly isFixing: boolean;
}

/** A fault, and whether it was put right. */
export interface FoundFault extends Omit<Fault, "fix"> {
  readonly isFixed: boolean;
}

/** What one check found. */
export interface Finding {
  readonly check: string;
  readonly seen: string;
  /** The first ones. */
  readonly faults: readonly FoundFault[];
  /** How many there are, those that were put right among them. */
  readonly count: number;
  readonly fixed: number;
  readonly tookMs: number;
}

/** Faults of one check that are told in words. */
const FAULTS_TOLD = 10;

/** What can be looked at while the database is closed. */
export function checksOfPlace(place: Place): Check[] {
  return [
    { name: "permissions", find: () => findLooseFiles(place) },
    { name: "disk", find: () => findFullDisks(place) },
    { name: "folders", find: () => findRemoteFolders(place) },
    { name: "open files", find: () => findTightLimits(place) },
    { name: "file times", find: () => findFutureFiles(place) },
  ];
}

/** What is looked at in the open app. */
export function checksOfApp(app: App, { isDeep, isFixing }: Manner): Check[] {
  const { blobConsistency, linkCheckup } = app;
  return [
    { name: "database", find: () => findDatabaseFaults(app.database, isDeep) },
    { name: "clock", find: () => findClockFaults(app) },
    { name: "files", find: () => blobConsistency.findDamaged(isDeep) },
    { name: "strays", find: () => findStrays(app) },
    { name: "drafts", find: () => sweepDrafts(app, isFixing) },
    { name: "room used", find: () => blobConsistency.findWrongUsage() },
    { name: "uses", find: () => blobConsistency.findWrongUses() },
    { name: "lists", find: () => linkCheckup.findUnlisted() },
    { name: "visits", find: () => findWaitingVisits(app) },
    { name: "jobs", find: () => findFailedJobs(app) },
    { name: "password", find: () => findWeakPassword(app) },
  ];
}

/** Does the checks one after another. Never rejects: a check that fails has found something. */
export async function examine(
  checks: readonly Check[],
  { isFixing }: Pick<Manner, "isFixing">,
  report: (finding: Finding) => void,
): Promise<void> {
  for (const check of checks) report(await runCheck(check, isFixing));
}

async function runCheck({ name, find, seen }: Check, isFixing: boolean): Promise<Finding> {
  const beganAt = performance.now();
  const faults: FoundFault[] = [];
  let count = 0;
  let fixed = 0;
  for await (const fault of failuresToo(find())) {
    const found = await fixIf(isFixing, fault);
    if (count++ < FAULTS_TOLD) faults.push(found);
    if (found.isFixed) fixed++;
  }
  const tookMs = Math.round(performance.now() - beganAt);
  const words = await (seen?.() ?? Promise.resolve("")).catch(() => "");
  return { check: name, seen: words, faults, count, fixed, tookMs };
}

async function fixIf(isFixing: boolean, { what, remedy, fix }: Fault): Promise<FoundFault> {
  if (!isFixing || fix === undefined) return { what, remedy, isFixed: false };
  try {
    await fix();
    return { what, remedy, isFixed: true };
  } catch (thrown) {
    return { what: `${what} Mending it failed: ${reasonOf(thrown)}`, remedy, isFixed: false };
  }
}

async function* failuresToo(faults: AsyncIterable<Fault>): AsyncGenerator<Fault> {
  try {
    yield* faults;
  } catch (thrown) {
    yield { what: `This could not be looked at: ${reasonOf(thrown)}`, remedy: BY_REASON };
  }
}

const BY_REASON = "Put right what that says, and call trunk8 doctor again.";

/** For the operator, who may know the cause. */
export function reasonOf(thrown: unknown): string {
  const { message, code, cause } = toProblem(thrown);
  return code === "internal" && cause instanceof Error ? cause.message : message;
}

/** Nodes whose clocks differ by more disagree on what has expired. */
const CLOCK_LEAD_MS = 2000;

async function* findClockFaults({ database, clock }: App): AsyncGenerator<Fault> {
  const lead = await measureClockLead(database, clock);
  if (Math.abs(lead) < CLOCK_LEAD_MS) return;
  const way = lead > 0 ? "ahead of" : "behind";
  yield {
    what: `The database's clock is ${Math.round(Math.abs(lead) / 1000)} s ${way} this machine's.`,
    remedy: "On both machines: timedatectl set-ntp true",
  };
}

async function* findStrays({ blobs, live }: App): AsyncGenerator<Fault> {
  for await (const path of blobs.findStrays())
    yield {
      what: `users/${path} belongs to no link.`,
      remedy: `Where nobody misses it: rm ${live.dataFolder}/users/${path}`,
    };
}

/** What living processes are receiving looks the same from outside, so only removing tells. */
async function* sweepDrafts({ blobs }: App, isFixing: boolean): AsyncGenerator<Fault> {
  const swept = isFixing ? await blobs.sweepDrafts() : 0;
  if (swept === 0) return;
  yield {
    what: `${swept} half uploads of processes that died lay among the files.`,
    remedy: "trunk8 doctor --fix",
    fix: async () => {},
  };
}

async function* findWaitingVisits({ visits }: App): AsyncGenerator<Fault> {
  if (!visits.isBehind) return;
  yield {
    what: `${visits.journalDepth} files of visits wait to be saved.`,
    remedy: "trunk8 jobs run count-visits",
  };
}

async function* findFailedJobs({ leases }: App): AsyncGenerator<Fault> {
  for (const { name, failure } of await leases.list())
    if (failure !== "" && jobs.some(({ id }) => id === name))
      yield {
        what: `"${name}" failed when it last ran: ${failure}`,
        remedy: `trunk8 jobs run ${name}`,
      };
}

async function* findWeakPassword({ users }: App): AsyncGenerator<Fault> {
  const weakness = users.adminPasswordWeakness;
  if (weakness !== null) yield { what: weakness, remedy: "Choose another TRUNK8_ADMIN_PASSWORD." };
}
