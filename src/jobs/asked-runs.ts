import type { App } from "../app.ts";
import { runUnder } from "../database/fence-database.ts";
import type { Lease, LeaseState } from "../database/leases.ts";
import { type Actor, may, type SiteAction } from "../policy.ts";
import { Problem, toProblem } from "../problem.ts";
import { findJob, type Job, type JobId, jobs } from "./jobs.ts";
import { text } from "./text.en.ts";

/** How a run of a job went. Times are milliseconds since 1970 UTC. */
export interface JobRun {
  readonly at: number;
  readonly tookMs: number | null;
  /** The process. */
  readonly holder: string;
  /** Why it failed, or "". */
  readonly failure: string;
}

export interface JobState {
  readonly job: Job;
  /** Null before the first one, and for jobs that each machine runs. */
  readonly lastRun: JobRun | null;
  /** The last run that was asked for. */
  readonly lastAsked: JobRun | null;
  /** Whether a run that was asked for is under way. */
  readonly isRunning: boolean;
}

/**
 * The periodic jobs, and how they went.
 * @throws Problem `forbidden`
 */
export async function listJobs(app: App, actor: Actor): Promise<JobState[]> {
  requireMay(actor, "job.list");
  const states = new Map((await app.leases.list()).map((state) => [state.name, state]));
  return jobs.map((job) => {
    const asked = states.get(leaseOf(job.id));
    return {
      job,
      lastRun: runOf(states.get(job.id)),
      lastAsked: runOf(asked),
      isRunning: asked?.isHeld === true,
    };
  });
}

/**
 * Runs a job now, beside its periodic runs, and does not wait for its end.
 * @throws Problem `forbidden`, `not_found`, `conflict` while one that was asked for is under way
 */
export async function startJob(app: App, actor: Actor, name: string): Promise<void> {
  requireMay(actor, "job.run");
  const job = findJob(name);
  if (job === null) throw new Problem("not_found", text.noSuchJob);
  await startAsked(app, job.id, () => job.run(app));
}

/**
 * Begins work that is watched as a run of a job.
 * @throws Problem `conflict`
 */
export async function startAsked(app: App, id: JobId, work: () => Promise<unknown>): Promise<void> {
  const lease = await app.leases.take(leaseOf(id), 0);
  if (lease === null) throw new Problem("conflict", text.running);
  run(app, lease, work).catch((err) =>
    app.log.error({ err, job: id }, "Job that was asked for failed"),
  );
}

async function run(app: App, lease: Lease, work: () => Promise<unknown>): Promise<void> {
  let failure = "";
  try {
    await runUnder([lease], app.log, work);
  } catch (thrown) {
    failure = toProblem(thrown).message;
    throw thrown;
  } finally {
    await lease.finish({ everyMs: 0, failure });
  }
}

function leaseOf(id: JobId): string {
  return `asked ${id}`;
}

function runOf(state: LeaseState | undefined): JobRun | null {
  if (state === undefined || state.ranAt === null) return null;
  const { ranAt: at, tookMs, holder, failure } = state;
  return { at, tookMs, holder, failure };
}

/** @throws Problem `forbidden` */
export function requireMay(actor: Actor, action: SiteAction): void {
  if (!may(actor, action)) throw new Problem("forbidden", text.mayNotRun);
}
