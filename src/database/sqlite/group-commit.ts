import { databaseBusy, explainFailure } from "../database-errors.ts";
import type { ThreadClient } from "./thread-client.ts";

/**
 * Group commit: write transactions run one after another, and those that wait together share one COMMIT, so one fsync.
 *
 *     BEGIN IMMEDIATE              acquires the machine's write lock
 *       SAVEPOINT, job 1, RELEASE  by Kysely's driver: a job that fails rolls back to its savepoint, and rejects
 *       SAVEPOINT, job 2, RELEASE
 *       ...                        until GROUP_SIZE jobs, GROUP_MS milliseconds, or none waits
 *     COMMIT                       durable: every job that succeeded resolves; releases the lock
 *
 * A job waits in the queue, runs, and is then `done` until the commit. BEGIN fails: all waiting jobs reject. COMMIT
 * fails, or the thread ends: the done jobs reject, and nothing of the group is in the database. A job that waits longer
 * than the timeout rejects as busy and is never run. Crash: SQLite rolls the group back, and no job of it has resolved.
 */

/** A group ends after this many jobs, or when it has been open for this long. */
const GROUP_SIZE = 64;
const GROUP_MS = 10;

interface Job {
  readonly touched: ReadonlySet<number>;
  /** Runs the transaction in a savepoint; returns what resolves it once it is durable. */
  run(): Promise<() => void>;
  reject(error: unknown): void;
  stopWaiting(): void;
}

interface DoneJob {
  readonly job: Job;
  readonly resolve: () => void;
}

export class GroupCommit {
  readonly #thread: ThreadClient;
  readonly #timeoutMs: number;
  readonly #waiting: Job[] = [];
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
      const job: Job = {
        touched,
        reject,
        run: async () => {
          const value = await work();
          return () => resolve(value);
        },
        stopWaiting: () => clearTimeout(timer),
      };
      const timer = setTimeout(() => this.#expire(job), this.#timeoutMs);
      this.#waiting.push(job);
      if (!this.#isRunning) void this.#runGroups();
    });
  }

  async #runGroups(): Promise<void> {
    this.#isRunning = true;
    while (this.#waiting.length > 0) await this.#runGroup();
    this.#isRunning = false;
  }

  async #runGroup(): Promise<void> {
    try {
      await this.#thread.begin();
    } catch (error) {
      this.#rejectWaiting(explainFailure(error));
      return;
    }
    await this.#commit(await this.#runJobs());
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
    const touched = [...new Set(done.flatMap(({ job }) => [...job.touched]))];
    try {
      await (done.length > 0 ? this.#thread.commit(touched) : this.#thread.rollback());
    } catch (error) {
      for (const { job } of done) job.reject(explainFailure(error));
      return;
    }
    for (const { resolve } of done) resolve();
  }

  #expire(job: Job): void {
    const at = this.#waiting.indexOf(job);
    if (at < 0) return;
    this.#waiting.splice(at, 1);
    job.reject(databaseBusy());
  }

  #rejectWaiting(error: unknown): void {
    for (const job of this.#waiting.splice(0)) {
      job.stopWaiting();
      job.reject(error);
    }
  }
}
