import type { App } from "../app.ts";
import { startWatching } from "../backup/declaredwatch.ts";

/** Rows that one run of a sweeper may remove, so that no run holds up other writers for long. */
const SWEEP_LIMIT = 1000;

/** Stray files that are named in the log; of more, only the count is told. */
const STRAYS_NAMED = 10;

export interface Job {
  readonly name: string;
  readonly everyMs: number;
  /** Whether it is also done at once. */
  readonly atStart?: true;
  run(app: App): Promise<unknown>;
}

/** What is done again and again while the server runs. */
export const jobs: readonly Job[] = [
  { name: "count visits", everyMs: 1000, run: ({ visits }) => visits.flush() },
  { name: "rank links by visits", everyMs: 60_000, run: ({ links }) => links.refreshRanks() },
  {
    name: "remove expired links",
    everyMs: 30_000,
    run: ({ links, live }) =>
      links.sweepExpired(live.current["links.expired_retention_days"], SWEEP_LIMIT),
  },
  { name: "remove ended sessions", everyMs: 300_000, run: ({ sessions }) => sessions.sweep() },
  {
    name: "remove old visits",
    everyMs: 60_000,
    run: ({ visits, live }) =>
      visits.prune(live.current["visits.retention_days"], SWEEP_LIMIT * 10),
  },
  {
    name: "remove old audit events",
    everyMs: 60_000,
    run: ({ audit, live }) => audit.prune(live.current["audit.retention_days"], SWEEP_LIMIT * 10),
  },
  { name: "remove released files", everyMs: 30_000, run: ({ blobs }) => blobs.sweep(SWEEP_LIMIT) },
  {
    name: "remove half uploads of the dead",
    everyMs: 3_600_000,
    atStart: true,
    run: ({ blobs }) => blobs.sweepDrafts(),
  },
  { name: "look for stray files", everyMs: 86_400_000, atStart: true, run: reportStrays },
];

/** Starts the periodic jobs; the result stops them. No run begins before its last has ended. */
export function startJobs(app: App): () => void {
  const stopping = new AbortController();
  const timers = jobs.map((job) => {
    let isRunning = false;
    const tick = async () => {
      if (isRunning) return;
      isRunning = true;
      await runJob(app, job, stopping.signal);
      isRunning = false;
    };
    if (job.atStart) void tick();
    return setInterval(tick, job.everyMs);
  });
  const stopWatching = startWatching(app);
  return () => {
    stopping.abort();
    stopWatching();
    timers.forEach(clearInterval);
  };
}

async function runJob(app: App, job: Job, stopping: AbortSignal): Promise<void> {
  try {
    await job.run(app);
  } catch (error) {
    // The database was closed under it: the next start does the rest.
    if (stopping.aborted) return;
    app.log.error({ err: error, job: job.name }, "A periodic job failed; it is tried again.");
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
