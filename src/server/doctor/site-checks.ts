import { join } from "node:path";
import type { App } from "../../app.ts";
import { findDatabaseFaults, measureClockLead } from "../../database/database-consistency.ts";
import type { LeaseState } from "../../database/leases.ts";
import type { Fault } from "../../fault.ts";
import { jobs, jobsAreRunning } from "../../jobs/jobs.ts";
import { CLOCK_LEAD_MS } from "../../nodes/node.ts";
import { runsFromSource } from "../../os/process/own-program.ts";
import { toProblem } from "../../problem.ts";
import { framesPages } from "../../web/open/frame/navigation.ts";
import {
  findFullDisks,
  findFutureFiles,
  findLooseFiles,
  findRemoteFolders,
  findTightLimits,
  type Place,
} from "./environment-checks.ts";
import { text } from "./text.en.ts";

/** One check of `trunk8 doctor`. */
export interface Check {
  /** An identifier, printed and in JSON. */
  readonly name: string;
  find(): AsyncIterable<Fault>;
  /** What was found, if that is worth a line even when nothing is wrong. */
  seen?(): Promise<string>;
}

export interface CheckOptions {
  /** Reads every byte. */
  readonly isDeep: boolean;
  /** Fixes what can be fixed safely. */
  readonly isFixing: boolean;
}

/** A fault, and whether it was fixed. */
export interface FoundFault extends Omit<Fault, "fix"> {
  readonly isFixed: boolean;
}

/** The result of one check. */
export interface Finding {
  readonly check: string;
  readonly seen: string;
  /** The first ones. */
  readonly faults: readonly FoundFault[];
  /** Number of faults, fixed ones included. */
  readonly count: number;
  readonly fixed: number;
  readonly tookMs: number;
}

/** Faults of one check that are listed; of more, only the count. */
const FAULTS_LISTED = 10;

/** Checks that need no open database. */
export function checksOfPlace(place: Place): Check[] {
  return [
    { name: "program", find: noFaults, seen: async () => describeProgram() },
    { name: "permissions", find: () => findLooseFiles(place) },
    { name: "disk", find: () => findFullDisks(place) },
    { name: "folders", find: () => findRemoteFolders(place) },
    { name: "open-files", find: () => findTightLimits(place) },
    { name: "file-times", find: () => findFutureFiles(place) },
  ];
}

async function* noFaults(): AsyncGenerator<Fault> {}

function describeProgram(): string {
  return runsFromSource ? text.program.source : text.program.compiled;
}

/** Checks of the open app. */
export function checksOfApp(app: App, { isDeep, isFixing }: CheckOptions): Check[] {
  return [
    { name: "database", find: () => findDatabaseFaults(app.database, isDeep) },
    { name: "clock", find: () => findClockFaults(app) },
    { name: "file-storage", find: () => findAbsentStorage(app) },
    { name: "files", find: () => app.files.consistency.findDamaged(isDeep) },
    { name: "missing-files", find: () => app.links.consistency.findWithoutFile() },
    { name: "orphaned-files", find: () => findStrays(app) },
    { name: "partial-uploads", find: () => sweepDrafts(app, isFixing) },
    { name: "storage-usage", find: () => app.files.consistency.findWrongUsage() },
    { name: "references", find: () => app.files.consistency.findWrongUses() },
    { name: "lists", find: () => app.links.consistency.findUnlisted() },
    { name: "aliases", find: () => app.links.optionConsistency.findWrongAliases() },
    { name: "visit-limits", find: () => app.links.optionConsistency.findWrongVisits() },
    { name: "visits", find: () => findWaitingVisits(app) },
    { name: "jobs", find: () => findJobFaults(app) },
    { name: "password", find: () => findWeakPassword(app) },
    { name: "keys", find: noFaults, seen: () => describeKeys(app) },
    { name: "html-pages", find: noFaults, seen: () => describeHtmlPages(app) },
  ];
}

async function describeKeys({ accounts }: App): Promise<string> {
  const { expired, ofDisabled, unused } = await accounts.keys.countDoubtful();
  const { keys } = text;
  return [
    ...(expired > 0 ? [keys.expired(expired)] : []),
    ...(ofDisabled > 0 ? [keys.ofDisabled(ofDisabled)] : []),
    ...(unused > 0 ? [keys.unused(unused)] : []),
  ].join("; ");
}

async function describeHtmlPages(app: App): Promise<string> {
  const isFramed = await framesPages({ app, settings: app.live.current });
  return isFramed ? text.htmlPages.framed : "";
}

/** Runs the checks one after another. Never rejects: a check that throws counts as a fault. */
export async function examine(
  checks: readonly Check[],
  { isFixing }: Pick<CheckOptions, "isFixing">,
  report: (finding: Finding) => void,
): Promise<void> {
  for (const check of checks) report(await runCheck(check, isFixing));
}

async function runCheck({ name, find, seen }: Check, isFixing: boolean): Promise<Finding> {
  const beganAt = performance.now();
  const faults: FoundFault[] = [];
  let count = 0;
  let fixed = 0;
  for await (const fault of withFailures(find())) {
    const found = await fixIf(isFixing, fault);
    if (count++ < FAULTS_LISTED) faults.push(found);
    if (found.isFixed) fixed++;
  }
  const tookMs = Math.round(performance.now() - beganAt);
  const line = await (seen?.() ?? Promise.resolve("")).catch(() => "");
  return { check: name, seen: line, faults, count, fixed, tookMs };
}

async function fixIf(isFixing: boolean, { what, remedy, fix }: Fault): Promise<FoundFault> {
  if (!isFixing || fix === undefined) return { what, remedy, isFixed: false };
  try {
    await fix();
    return { what, remedy, isFixed: true };
  } catch (thrown) {
    return { what: text.fixFailed(what, reasonOf(thrown)), remedy, isFixed: false };
  }
}

async function* withFailures(faults: AsyncIterable<Fault>): AsyncGenerator<Fault> {
  try {
    yield* faults;
  } catch (thrown) {
    yield { what: text.failed(reasonOf(thrown)), remedy: text.failedRemedy };
  }
}

/** Returns the reason of a failure for the operator, who may see the cause. */
export function reasonOf(thrown: unknown): string {
  const { message, code, cause } = toProblem(thrown);
  return code === "internal" && cause instanceof Error ? cause.message : message;
}

async function* findClockFaults({ database, machineClock: clock }: App): AsyncGenerator<Fault> {
  const lead = await measureClockLead(database, clock);
  if (Math.abs(lead) < CLOCK_LEAD_MS) return;
  const seconds = Math.round(Math.abs(lead) / 1000);
  yield {
    what: lead > 0 ? text.clock.ahead(seconds) : text.clock.behind(seconds),
    remedy: text.clock.remedy,
  };
}

async function* findAbsentStorage({ files }: App): AsyncGenerator<Fault> {
  const fault = await files.siteMark.findFault();
  if (fault === null) return;
  const { file, id, is } = fault;
  yield { what: text.fileStorage[is](file), remedy: text.fileStorage.remedy(file, id) };
}

async function* findStrays({ files: { blobs }, live }: App): AsyncGenerator<Fault> {
  const paths = await Array.fromAsync(blobs.findStrays());
  const known = await blobs.countUsed();
  const { found, remedy, outnumber, outnumberRemedy } = text.orphans;
  if (paths.length > known)
    return yield { what: outnumber(paths.length, known), remedy: outnumberRemedy };
  const { dataFolder } = live;
  for (const path of paths)
    yield {
      what: found(path),
      remedy: remedy(join(dataFolder, "users", path), join(dataFolder, "orphaned")),
    };
}

/** Uploads in progress look the same from outside, so abandoned ones are only found by removing them. */
async function* sweepDrafts({ files: { blobs } }: App, isFixing: boolean): AsyncGenerator<Fault> {
  const swept = isFixing ? await blobs.sweepDrafts() : 0;
  if (swept === 0) return;
  yield {
    what: text.partialUploads.found(swept),
    remedy: "trunk8 doctor --fix",
    fix: async () => {},
  };
}

async function* findWaitingVisits({ visits }: App): AsyncGenerator<Fault> {
  if (!visits.isBehind) return;
  yield {
    what: text.visits.waiting(visits.journalDepth),
    remedy: "trunk8 jobs run count-visits",
  };
}

async function* findJobFaults(app: App): AsyncGenerator<Fault> {
  const [states, now] = await Promise.all([app.leases.list(), app.leases.now()]);
  const isRunning = jobsAreRunning(app);
  for (const { id, everyMs } of jobs) {
    const state = states.find(({ name }) => name === id);
    if (state === undefined) continue;
    const what = describeJobFault(state, { everyMs, now, isRunning });
    if (what !== null) yield { what, remedy: `trunk8 jobs run ${id}` };
  }
}

/** Periods after which a job that has not run is late. */
const LATE_PERIODS = 3;

/** A sweep of many rows may go on for some minutes. */
const LATE_MS = 600_000;

function describeJobFault(
  { name, ranAt, failure }: LeaseState,
  { everyMs, now, isRunning }: { everyMs: number; now: number; isRunning: boolean },
): string | null {
  if (failure !== "") return text.jobs.failed(name, failure);
  if (ranAt === null) return null;
  if (ranAt > now + CLOCK_LEAD_MS) return text.jobs.ahead(name, new Date(ranAt).toISOString());
  const isLate = now - ranAt > everyMs * LATE_PERIODS + LATE_MS;
  return isRunning && isLate ? text.jobs.late(name, new Date(ranAt).toISOString()) : null;
}

async function* findWeakPassword({ accounts: { users } }: App): AsyncGenerator<Fault> {
  const weakness = users.adminPasswordWeakness;
  if (weakness !== null) yield { what: weakness, remedy: text.password.remedy };
}
