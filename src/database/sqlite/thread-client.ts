import { closeLockFiles, type LockFiles, openLockFiles } from "../../os/machine-lock.ts";
import { ThreadError, WorkerThread } from "../../os/worker-thread.ts";
import {
  type Job,
  type JobOutcome,
  jsonOf,
  type OpenRequest,
  type RunResult,
  type Statement,
  type ThreadRequest,
} from "./thread-messages.ts";

export interface ThreadClientOptions extends Omit<OpenRequest, "do" | "writing" | "interrupt"> {
  /** Null: this thread only reads. */
  readonly writing: { readonly lockFile: string; readonly changesFile: string } | null;
  /** Default: thread.ts. */
  readonly module?: string;
  /** Called when a thread that was started has ended. */
  readonly onEnded?: () => void;
}

const closed = () =>
  new ThreadError({ code: "SQLITE_CANTOPEN", message: "The database has been closed." });

const lost = () =>
  new ThreadError({
    code: "SQLITE_IOERR",
    message: "The database thread ended within a transaction.",
  });

/** A string: results as JSON. */
type ThreadResult = readonly RunResult[] | readonly JobOutcome[] | string | undefined;

/** The serving thread's client of one database thread, which is restarted after a failure. */
export class ThreadClient {
  readonly #thread: WorkerThread<ThreadRequest, ThreadResult>;
  /** The thread in which a transaction was begun; null outside of transactions. */
  #transaction: { readonly session: number | null } | null = null;
  readonly #interrupt = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  #isClosed = false;

  /** The thread itself starts with the first call. */
  constructor({ module, writing, onEnded, ...options }: ThreadClientOptions) {
    // The serving thread owns the lock's files: closing them releases the lock of a thread that has failed.
    const openFiles: LockFiles[] = [];
    const openWriting = () => {
      if (writing === null) return null;
      const lockFiles = openLockFiles(writing.lockFile);
      openFiles.push(lockFiles);
      return { lockFiles, changesFile: writing.changesFile };
    };
    this.#thread = new WorkerThread({
      module: module ?? new URL("./thread.ts", import.meta.url).href,
      smol: true,
      opening: () => ({
        do: "open",
        ...options,
        writing: openWriting(),
        interrupt: this.#interrupt,
      }),
      onEnded: () => {
        const files = openFiles.shift();
        if (files !== undefined) closeLockFiles(files);
        onEnded?.();
      },
    });
  }

  /** Starts the thread unless it runs; resolves when its connection is open. */
  async open(): Promise<void> {
    if (this.#isClosed) throw closed();
    await this.#thread.open();
  }

  /**
   * @param transfer buffers of the request that move to the thread instead of being copied
   * @throws ThreadError, also after `close`: a thread started then would keep the process from ending
   */
  async call(request: ThreadRequest, transfer: ArrayBuffer[] = []): Promise<ThreadResult> {
    if (this.#isClosed) throw closed();
    if (this.#isLost) throw lost();
    return await this.#thread.call(request, transfer);
  }

  async run(sql: string, parameters: readonly unknown[] = []): Promise<RunResult> {
    const [result] = await this.runAll([{ sql, parameters }]);
    return result ?? { rows: [], changes: 0, lastId: 0 };
  }

  /** Runs statements one after the other, in one message. An interrupt before it does not count. */
  async runAll(statements: readonly Statement[]): Promise<readonly RunResult[]> {
    Atomics.store(this.#interrupt, 0, 0);
    const results = await this.call(jsonOf(statements) ?? { do: "run", statements });
    return (typeof results === "string" ? JSON.parse(results) : results) as readonly RunResult[];
  }

  /** Runs jobs in the transaction that was begun. */
  async runJobs(jobs: readonly Job[]): Promise<readonly JobOutcome[]> {
    return (await this.call({ do: "jobs", jobs })) as readonly JobOutcome[];
  }

  /** Runs jobs as one transaction; resolves when it is durable. */
  async runGroup(jobs: readonly Job[], touched: readonly number[]): Promise<readonly JobOutcome[]> {
    return (await this.call({ do: "group", jobs, touched })) as readonly JobOutcome[];
  }

  /** Lets the statement that runs fail at the next row for which it asks `in_time`. */
  interrupt(): void {
    Atomics.store(this.#interrupt, 0, 1);
  }

  /** Begins a transaction. Until it ends, requests fail that would go to another thread than this. */
  async begin(): Promise<void> {
    await this.call({ do: "begin" });
    this.#transaction = { session: this.#thread.session };
  }

  async commit(touched: readonly number[]): Promise<void> {
    await this.#endTransaction({ do: "commit", touched });
  }

  async rollback(): Promise<void> {
    await this.#endTransaction({ do: "rollback" });
  }

  /** Ends the thread as soon as its current statement lets it; its requests reject with `reason` at once. */
  abandon(reason: Error): void {
    this.#isClosed = true;
    this.#thread.end(reason);
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    try {
      if (this.#thread.session !== null) await this.#thread.call({ do: "close" });
    } finally {
      this.#isClosed = true;
      this.#thread.end(closed());
    }
  }

  get #isLost(): boolean {
    if (this.#transaction === null) return false;
    const { session } = this.#transaction;
    return session === null || session !== this.#thread.session;
  }

  async #endTransaction(request: ThreadRequest): Promise<void> {
    try {
      await this.call(request);
    } finally {
      this.#transaction = null;
    }
  }
}
