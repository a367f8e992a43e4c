import { closeSync, openSync } from "node:fs";
import { join } from "node:path";
import type { App } from "../app.ts";
import { startWatching } from "../links-file/watch-declared.ts";
import { claimFile } from "../os/machine-lock.ts";
import { toProblem } from "../problem.ts";
import { backUpIfDue } from "../site-backup/backup-schedule.ts";
import { sweepArchives } from "../user-backup/uploaded-archives.ts";

/** Rows that one run of a sweeper may remove, so that no run holds up other writers for long. */
const SWEEP_LIMIT = 1000;

/** Stray files that are named in the log; of more, only the count is told. */
const STRAYS_NAMED = 10;

export interface Job {
  readonly name: string;
  readonly everyMs: number;
  /** Done by one process of each machine, or by one of all. */
  readonly place: "machine" | "site";
  run(app: App): Promise<unknown>;
}

/** What is done again and again while the server runs. */
export const jobs: readonly Job[] = [
  {
    name: "count visits",
    everyMs: 1000,
    place: "machine",
    run: ({ visits }) => visits.flush(),
  },
  {
    name: "rank links by visits",
    everyMs: 60_000,
    place: "site",
    run: ({ links }) => links.refreshRanks(),
  },
  {
    name: "remove expired links",
    everyMs: 30_000,
    place: "site",
    run: ({ links, live }) =>
      links.sweepExpired(live.current["links.expired_retention_days"], SWEEP_LIMIT),
  },
  {
    name: "forget sent forms",
    everyMs: 300_000,
    place: "site",
    run: ({ links }) => links.forgetSent(SWEEP_LIMIT * 10),
  },
  {
    name: "remove ended sessions",
    everyMs: 300_000,
    place: "site",
    run: ({ sessions }) => sessions.sweep(),
  },
  {
    name: "remove old visits",
    everyMs: 60_000,
    place: "site",
    run: ({ visits, live }) =>
      visits.prune(live.current["visits.retention_days"], SWEEP_LIMIT * 10),
  },
  {
    name: "remove old audit events",
    everyMs: 60_000,
    place: "site",
    run: ({ audit, live }) => audit.prune(live.current["audit.retention_days"], SWEEP_LIMIT * 10),
  },
  {
    name: "remove released files",
    everyMs: 30_000,
    place: "site",
    run: ({ blobs }) => blobs.sweep(SWEEP_LIMIT),
  },
  {
    name: "remove half uploads of the dead",
    everyMs: 3_600_000,
    // At each start: a process that was killed has left some.
    place: "machine",
    run: ({ blobs }) => blobs.sweepDrafts(),
  },
  {
    name: "back up everything",
    everyMs: 600_000,
    place: "site",
    run: backUpIfDue,
  },
  {
    name: "remove backups that were only looked at",
    everyMs: 600_000,
    place: "machine",
    run: sweepArchives,
  },
  {
    name: "look for stray files",
    everyMs: 86_400_000,
    place: "site",
    run: reportStrays,
  },
];

/** How often a process asks whether it is the one that does a machine's jobs. */
const ASK_MS = 1000;

/**
 * Starts the periodic jobs, and following the users' links.toml; the result stops them. One process of a machine
 * does them all: the kernel gives its lock to another when it dies.
 */
export function startJobs(app: App): () => void {
  const lock = openSync(join(app.runFolder, "jobs"), "a", 0o600);
  const stopping = new AbortController();
  const ask = () => {
    if (!claimFile(lock)) return;
    clearInterval(asking);
    const stopWatching = startWatching(app);
    const timers = jobs.map((job) => startJob(app, job, stopping.signal));
    stopping.signal.addEventListener("abort", () => {
      stopWatching();
      timers.forEach(clearInterval);
    });
  };
  const asking = setInterval(ask, ASK_MS);
  ask();
  return () => {
    clearInterval(asking);
    stopping.abort();
    closeSync(lock);
  };
}

/** Does it at once, and again and again. No run begins before its last has ended. */
function startJob(app: App, job: Job, stopping: AbortSignal): Timer {
  let isRunning = false;
  const tick = async () => {
    if (isRunning) return;
    isRunning = true;
    await runJob(app, job, stopping);
    isRunning = false;
  };
  void tick();
  return setInterval(tick, job.everyMs);
}

async function runJob(app: App, job: Job, stopping: AbortSignal): Promise<void> {
  try {
    await (job.place === "machine" ? job.run(app) : runInOnePlace(app, job));
  } catch (error) {
    // The database was closed under it: the next start does the rest.
    if (stopping.aborted) return;
    app.log.error({ err: error, job: job.name }, "A periodic job failed; it is tried again.");
  }
}

async function runInOnePlace(app: App, { name, everyMs, run }: Job): Promise<void> {
  if (!(await app.leases.take(name))) return;
  const beganAt = app.clock();
  let failure = "";
  try {
    await run(app);
  } catch (error) {
    failure = toProblem(error).message;
    throw error;
  } finally {
    await app.leases.finish(name, { beganAt, everyMs, failure });
  }
}

/** Files that somebody else put among the stored ones are none of ours to remove. */
async function reportStrays({ blobs, log }: App): Promise<void> {
  const named: string[] = [];
  let count = 0;
  for await (const path of blobs.findStrays()) {
    if (count++ < STRAYS_NAMED) named.push(path);
  }
  if (count === 0) return;
  log.warn(
    { count, files: named },
    "Files among the stored ones belong to no link; they are left alone.",
  );
}
