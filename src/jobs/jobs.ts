import { closeSync, openSync } from "node:fs";
import type { App } from "../app.ts";
import { isMoving } from "../database/database-errors.ts";
import { runUnder } from "../database/fence-database.ts";
import { type Lease, LeaseLost } from "../database/leases.ts";
import { runCsvImport } from "../import/csv/run-csv-import.ts";
import { startWatchingOnOneNode } from "../links-file/watch-on-one-node.ts";
import { jobsLock } from "../nodes/node.ts";
import { every } from "../os/every.ts";
import { claimFile, isClaimed } from "../os/machine-lock.ts";
import { toProblem } from "../problem.ts";
import { backUpIfDue } from "../site-backup/backup-schedule.ts";
import { runRestores } from "../user-backup/restores/restore-queue.ts";
import { sweepArchives } from "../user-backup/uploaded-archives.ts";
import { runBulk } from "./run-bulk.ts";
import { sweep } from "./sweep.ts";
import type { text } from "./text.en.ts";

/** Rows that one step of a sweep deletes: of rows with files or search rows, and of small rows. */
const SWEEP_LIMIT = 1000;
const SMALL_SWEEP_LIMIT = SWEEP_LIMIT * 10;

/** Orphaned files that the log names; of more, only the count is logged. */
const ORPHANS_NAMED = 10;

/** An identifier: typed at the command line, stored with its lease, a label of metrics. */
export type JobId = keyof typeof text.titles;

export interface Job {
  readonly id: JobId;
  /** Its name until 1.0.0-alpha.1, if it is as old. Nodes of that version take the lease of this name. */
  readonly formerName?: string;
  readonly everyMs: number;
  /** Whether one process of each machine runs it, or one process of the site. */
  readonly scope: "machine" | "site";
  run(app: App, stopping?: AbortSignal): Promise<unknown>;
}

/** Every periodic job of the server. */
export const jobs: readonly Job[] = [
  {
    id: "count-visits",
    formerName: "count visits",
    everyMs: 1000,
    scope: "machine",
    run: ({ visits }) => visits.flushWhenDue(),
  },
  {
    id: "rank-links",
    formerName: "rank links by visits",
    everyMs: 60_000,
    scope: "site",
    run: ({ links }) => links.refreshRanks(),
  },
  {
    id: "delete-expired-links",
    formerName: "remove expired links",
    everyMs: 30_000,
    scope: "site",
    run: ({ links, live }, stopping) =>
      sweep({ limit: SWEEP_LIMIT, stopping }, (limit) =>
        links.sweepExpired(live.current["links.expired_retention_days"], limit),
      ),
  },
  {
    id: "empty-trash",
    everyMs: 30_000,
    scope: "site",
    run: ({ links }, stopping) =>
      sweep({ limit: SWEEP_LIMIT, stopping }, (limit) => links.trash.sweep(limit)),
  },
  {
    id: "clean-idempotency-keys",
    formerName: "forget sent forms",
    everyMs: 300_000,
    scope: "site",
    run: async ({ links, accounts: { sentRequests } }, stopping) => {
      const terms = { limit: SMALL_SWEEP_LIMIT, stopping };
      await sweep(terms, (limit) => links.forgetKeys(limit));
      await sweep(terms, (limit) => sentRequests.sweep(limit));
    },
  },
  {
    id: "delete-ended-sessions",
    formerName: "remove ended sessions",
    everyMs: 300_000,
    scope: "site",
    run: async ({ accounts: { sessions, keys } }, stopping) => {
      const terms = { limit: SMALL_SWEEP_LIMIT, stopping };
      await sweep(terms, (limit) => sessions.sweep(limit));
      await sweep(terms, (limit) => keys.sweep(limit));
    },
  },
  {
    id: "delete-old-visits",
    formerName: "remove old visits",
    everyMs: 60_000,
    scope: "site",
    run: async ({ visits, live }, stopping) => {
      const terms = { limit: SMALL_SWEEP_LIMIT, stopping };
      await sweep(terms, (limit) => visits.prune(live.current["visits.retention_days"], limit));
      await sweep(terms, (limit) => visits.dropSketches(limit));
    },
  },
  {
    id: "delete-old-audit-events",
    formerName: "remove old audit events",
    everyMs: 60_000,
    scope: "site",
    run: ({ audit, live }, stopping) =>
      sweep({ limit: SMALL_SWEEP_LIMIT, stopping }, (limit) =>
        audit.prune(live.current["audit.retention_days"], limit),
      ),
  },
  {
    id: "delete-unused-files",
    formerName: "remove released files",
    everyMs: 30_000,
    scope: "site",
    run: ({ files }, stopping) =>
      sweep({ limit: SWEEP_LIMIT, stopping }, (limit) => files.blobs.sweep(limit)),
  },
  {
    id: "clean-partial-uploads",
    formerName: "remove half uploads of the dead",
    everyMs: 600_000,
    // At each start: a process that was killed has left some.
    scope: "machine",
    run: ({ files }) => files.blobs.sweepDrafts(),
  },
  {
    id: "delete-expired-uploads",
    everyMs: 600_000,
    scope: "site",
    run: ({ files }, stopping) =>
      sweep({ limit: SWEEP_LIMIT, stopping }, (limit) => files.uploads.sweep(limit)),
  },
  {
    id: "back-up-site",
    formerName: "back up everything",
    everyMs: 600_000,
    scope: "site",
    run: backUpIfDue,
  },
  {
    id: "run-restores",
    formerName: "run restores",
    everyMs: 1000,
    scope: "machine",
    run: startRestores,
  },
  {
    id: "clean-restore-previews",
    formerName: "remove backups that were only looked at",
    everyMs: 600_000,
    scope: "machine",
    run: async (app, stopping) => {
      await sweepArchives(app);
      await sweep({ limit: SWEEP_LIMIT, stopping }, (limit) => app.links.restores.forget(limit));
    },
  },
  {
    id: "find-orphaned-files",
    formerName: "look for stray files",
    everyMs: 86_400_000,
    scope: "site",
    run: reportOrphans,
  },
];

/** In a server, restores go on beside the next look, which begins others; the command line waits for them. */
async function startRestores(app: App, stopping?: AbortSignal): Promise<void> {
  const running = runRestores(app, { stopping, importCsv: runCsvImport, changeLinks: runBulk });
  if (stopping === undefined) return await running;
  running.catch((err) => {
    if (!stopping.aborted) app.log.error({ err }, "Restore failed, will be retried");
  });
}

/** Returns the job of this id or former name; null if there is none. */
export function findJob(name: string): Job | null {
  return jobs.find(({ id, formerName }) => id === name || formerName === name) ?? null;
}

/** Whether a process of this machine runs the jobs of this app. */
export function jobsAreRunning({ runFolder }: Pick<App, "runFolder">): boolean {
  return isClaimed(jobsLock(runFolder));
}

/** How often a process asks for the lock of a machine's jobs. */
const CLAIM_MS = 1000;

/**
 * Starts the periodic jobs, the watcher of links.toml files and the heartbeat of this node; returns a function that stops
 * them. One process of a machine runs them: the kernel releases its lock when it ends, and another process gets it.
 */
export function startJobs(app: App): () => void {
  const lock = openSync(jobsLock(app.runFolder), "a", 0o600);
  const stopping = new AbortController();
  const claim = () => {
    if (!claimFile(lock)) return;
    stopClaiming();
    const stops = [
      app.nodes.start(),
      startWatchingOnOneNode(app),
      ...jobs.map((job) => startJob(app, job, stopping.signal)),
    ];
    stopping.signal.addEventListener("abort", () => {
      for (const stop of stops) stop();
    });
  };
  const stopClaiming = every(CLAIM_MS, claim, app.log);
  claim();
  return () => {
    stopClaiming();
    stopping.abort();
    closeSync(lock);
  };
}

function startJob(app: App, job: Job, stopping: AbortSignal): () => void {
  return every(job.everyMs, () => runJob(app, job, stopping), app.log, { now: true });
}

async function runJob(app: App, job: Job, stopping: AbortSignal): Promise<void> {
  try {
    await (job.scope === "machine" ? job.run(app, stopping) : runWithLease(app, job, stopping));
  } catch (err) {
    // The database was closed meanwhile, or is being moved: the next start does the rest.
    if (stopping.aborted || isMoving(err)) return;
    if (err instanceof LeaseLost)
      app.log.warn({ job: job.id }, "Periodic job ended, another process has its lease");
    else app.log.error({ err, job: job.id }, "Periodic job failed, will be retried");
  }
}

async function runWithLease(app: App, job: Job, stopping: AbortSignal): Promise<void> {
  const leases = await takeLeases(app, job);
  if (leases === null) return;
  let failure = "";
  try {
    await runUnder(leases, app.log, (lost) => job.run(app, AbortSignal.any([stopping, lost])));
  } catch (error) {
    failure = toProblem(error).message;
    throw error;
  } finally {
    for (const lease of leases) await lease.finish({ everyMs: job.everyMs, failure });
  }
}

/** Takes the lease of the former name first, so that no node of the former version runs the same job meanwhile. */
async function takeLeases(
  { leases }: App,
  { id, formerName, everyMs }: Job,
): Promise<readonly Lease[] | null> {
  const taken: Lease[] = [];
  for (const name of formerName === undefined ? [id] : [formerName, id]) {
    const lease = await leases.take(name, everyMs);
    if (lease === null) {
      for (const other of taken) await other.release();
      return null;
    }
    taken.push(lease);
  }
  return taken;
}

/** Files that another program put among the stored ones are not ours to delete. */
async function reportOrphans({ files: { blobs }, log }: App): Promise<void> {
  const files: string[] = [];
  let count = 0;
  for await (const path of blobs.findStrays()) {
    if (count++ < ORPHANS_NAMED) files.push(path);
  }
  if (count > 0)
    log.warn({ count, files }, "Found orphaned files in the data folder, left in place");
}
