import { ThreadError } from "../../os/worker-thread.ts";
import { databaseBusy, explainFailure } from "../database-errors.ts";
import type { ThreadClient } from "./thread-client.ts";
import type { JobOutcome, Job as Statements } from "./thread-messages.ts";

/**
 * Group commit: write transactions run one after another, and those that wait together share one COMMIT, so one fsync.
 *
 *     BEGIN IMMEDIATE              acquires the machine's write lock
 *       SAVEPOINT, job 1, RELEASE  by Kysely's driver: a job that fails rolls back to its savepoint, and rejects
 *       SAVEPOINT, job 2, RELEASE
 *       ...                        until GROUP_SIZE jobs, GROUP_MS milliseconds, or none waits
 *     COMMIT                       durable: every job that succeeded resolves; releases the lock
 *
 * Jobs whose statements are known beforehand run first, in one message to the thread; if no other job waits, BEGIN and
 * COMMIT are in that message, too.
 *
 * A job waits in the queue, runs, and is then `done` until the commit. BEGIN fails: all waiting jobs reject. COMMIT
 * fails, or the thread ends: the done jobs reject, and nothing of the group is in the database. A job that waits longer
 * than the timeout rejects as busy and is never run. Crash: SQLite rolls the group back, and no job of it has resolved.
 */

/** A group ends after this many jobs, or when it has been open for this long. */
const GROUP_SIZE = 64;
const GROUP_MS = 10;

interface Waiting {
  readonly touched: ReadonlySet<number>;
  reject(error: unknown): void;
  stopWaiting(): void;
}

/** A transaction that decides by what it reads. */
interface WorkJob extends Waiting {
  /** Runs the transaction in a savepoint; returns what resolves it once it is durable. */
  run(): Promise<() => void>;
}

/** A transaction whose statements are known beforehand. */
interface StatementsJob extends Waiting {
  readonly statements: Statements;
  resolve(rows: readonly unknown[][] | null): void;
}

interface DoneJob {
  readonly job: Waiting;
  readonly resolve: () => void;
}

export class GroupCommit {
  readonly #thread: ThreadClient;
  readonly #timeoutMs: number;
  readonly #waiting: WorkJob[] = [];
  readonly #waitingStatements: StatementsJob[] = [];
  #isRunning = false;

  constructor(thread: ThreadClient, timeoutMs: number) {
    this.#thread = thread;
    this.#timeoutMs = timeoutMs;
  }

  /**
   * Runs `work` as one transaction; resolves when it is durable.
   * @param touched buckets of short codes that it changes, complete when `work` has resolved
   * @throws Problem `busy` when it has waited too long
   */
  run<T>(work: () => Promise<T>, touched: ReadonlySet<number>): Promise<T> {
    return new Promise((resolve, reject) => {
      const job: WorkJob = {
        touched,
        reject,
        run: async () => {
          const value = await work();
          return () => resolve(value);
        },
        stopWaiting: this.#limitWaiting(this.#waiting, () => job),
      };
      this.#add(this.#waiting, job);
    });
  }

  /**
   * Runs statements as one transaction; resolves with their rows when it is durable, or with null, and nothing is
   * written, if one changes no row.
   * @param touched buckets of short codes that they change
   * @throws Problem `busy` when it has waited too long
   */
  runStatements(
    statements: Statements,
    touched: ReadonlySet<number>,
  ): Promise<readonly unknown[][] | null> {
    return new Promise((resolve, reject) => {
      const job: StatementsJob = {
        touched,
        reject,
        statements,
        resolve,
        stopWaiting: this.#limitWaiting(this.#waitingStatements, () => job),
      };
      this.#add(this.#waitingStatements, job);
    });
  }

  #add<Job extends Waiting>(queue: Job[], job: Job): void {
    queue.push(job);
    if (!this.#isRunning) void this.#runGroups();
  }

  /** Rejects a job that waits too long; returns what ends its waiting. */
  #limitWaiting<Job extends Waiting>(queue: Job[], job: () => Job): () => void {
    const timer = setTimeout(() => {
      const at = queue.indexOf(job());
      if (at < 0) return;
      queue.splice(at, 1);
      job().reject(databaseBusy());
    }, this.#timeoutMs);
    return () => clearTimeout(timer);
  }

  async #runGroups(): Promise<void> {
    this.#isRunning = true;
    while (this.#waiting.length + this.#waitingStatements.length > 0) await this.#runGroup();
    this.#isRunning = false;
  }

  async #runGroup(): Promise<void> {
    const first = this.#waitingStatements.splice(0, GROUP_SIZE);
    for (const job of first) job.stopWaiting();
    if (this.#waiting.length === 0) return await this.#runAtOnce(first);
    try {
      await this.#thread.begin();
    } catch (error) {
      this.#rejectWaiting(explainFailure(error), first);
      return;
    }
    const done = await this.#runFirst(first);
    await this.#commit([...done, ...(await this.#runJobs())]);
  }

  /** Runs a group of statements alone. */
  async #runAtOnce(jobs: readonly StatementsJob[]): Promise<void> {
    try {
      const statements = jobs.map((job) => job.statements);
      const outcomes = await this.#thread.runGroup(statements, bucketsOf(jobs));
      for (const { resolve } of settle(jobs, outcomes)) resolve();
    } catch (error) {
      for (const job of jobs) job.reject(explainFailure(error));
    }
  }

  /** Runs statements at the beginning of a group. */
  async #runFirst(jobs: readonly StatementsJob[]): Promise<DoneJob[]> {
    if (jobs.length === 0) return [];
    try {
      return settle(jobs, await this.#thread.runJobs(jobs.map((job) => job.statements)));
    } catch (error) {
      for (const job of jobs) job.reject(explainFailure(error));
      return [];
    }
  }

  async #runJobs(): Promise<DoneJob[]> {
    const done: DoneJob[] = [];
    const endsAt = performance.now() + GROUP_MS;
    while (done.length < GROUP_SIZE && performance.now() < endsAt) {
      const job = this.#waiting.shift();
      if (job === undefined) break;
      job.stopWaiting();
      try {
        done.push({ job, resolve: await job.run() });
      } catch (error) {
        job.reject(error);
      }
    }
    return done;
  }

  async #commit(done: readonly DoneJob[]): Promise<void> {
    try {
      if (done.length === 0) await this.#thread.rollback();
      else await this.#thread.commit(bucketsOf(done.map(({ job }) => job)));
    } catch (error) {
      for (const { job } of done) job.reject(explainFailure(error));
      return;
    }
    for (const { resolve } of done) resolve();
  }

  #rejectWaiting(error: unknown, first: readonly StatementsJob[]): void {
    for (const job of [...first, ...this.#waiting.splice(0)]) {
      job.stopWaiting();
      job.reject(error);
    }
  }
}

function bucketsOf(jobs: readonly Waiting[]): number[] {
  return [...new Set(jobs.flatMap(({ touched }) => [...touched]))];
}

/** Rejects the jobs that failed; returns the others, which resolve once they are durable. */
function settle(jobs: readonly StatementsJob[], outcomes: readonly JobOutcome[]): DoneJob[] {
  return jobs.flatMap((job, at) => {
    const outcome = outcomes[at] ?? null;
    if (outcome !== null && "failure" in outcome) {
      job.reject(explainFailure(new ThreadError(outcome.failure)));
      return [];
    }
    return [{ job, resolve: () => job.resolve(outcome) }];
  });
}
