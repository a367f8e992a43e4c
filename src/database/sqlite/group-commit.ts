import { databaseBusy, explainFailure } from "../database-errors.ts";
import type { ThreadCaller } from "./thread-client.ts";

/** A group closes when it holds this many transactions or has been open this long, whichever is first. */
const GROUP_SIZE = 64;
const GROUP_MS = 10;

interface Turn {
  readonly touched: ReadonlySet<number>;
  /** Runs the transaction inside a savepoint; gives what to call once it is durable. */
  run(): Promise<() => void>;
  reject(error: unknown): void;
  stopWaiting(): void;
}

/**
 * Write transactions, one after another; those that wait together are committed together and share one fsync.
 * Each is a savepoint of its own, so one that fails takes no other with it.
 */
export class WriteGroups {
  readonly #thread: ThreadCaller;
  readonly #timeoutMs: number;
  readonly #waiting: Turn[] = [];
  #serving = false;

  constructor(thread: ThreadCaller, timeoutMs: number) {
    this.#thread = thread;
    this.#timeoutMs = timeoutMs;
  }

  /**
   * Runs `job` when its turn comes; resolves when what it wrote is durable.
   * @throws Problem `busy` when its turn did not come in time
   */
  run<T>(job: () => Promise<T>, touched: ReadonlySet<number>): Promise<T> {
    return new Promise((resolve, reject) => {
      const turn: Turn = {
        touched,
        reject,
        run: async () => {
          const value = await job();
          return () => resolve(value);
        },
        stopWaiting: () => clearTimeout(timer),
      };
      const timer = setTimeout(() => this.#giveUp(turn), this.#timeoutMs);
      this.#waiting.push(turn);
      if (!this.#serving) void this.#serve();
    });
  }

  async #serve(): Promise<void> {
    this.#serving = true;
    while (this.#waiting.length > 0) await this.#serveGroup();
    this.#serving = false;
  }

  async #serveGroup(): Promise<void> {
    try {
      await this.#thread.call({ do: "begin" });
    } catch (error) {
      this.#rejectWaiting(explainFailure(error));
      return;
    }
    await this.#commit(await this.#runTurns());
  }

  async #runTurns(): Promise<{ turn: Turn; confirm: () => void }[]> {
    const done: { turn: Turn; confirm: () => void }[] = [];
    const closesAt = performance.now() + GROUP_MS;
    while (done.length < GROUP_SIZE && performance.now() < closesAt) {
      const turn = this.#waiting.shift();
      if (turn === undefined) break;
      turn.stopWaiting();
      try {
        done.push({ turn, confirm: await turn.run() });
      } catch (error) {
        turn.reject(error);
      }
    }
    return done;
  }

  async #commit(done: { turn: Turn; confirm: () => void }[]): Promise<void> {
    const touched = [...new Set(done.flatMap(({ turn }) => [...turn.touched]))];
    try {
      await this.#thread.call(done.length > 0 ? { do: "commit", touched } : { do: "rollback" });
    } catch (error) {
      for (const { turn } of done) turn.reject(explainFailure(error));
      return;
    }
    for (const { confirm } of done) confirm();
  }

  #giveUp(turn: Turn): void {
    const place = this.#waiting.indexOf(turn);
    if (place < 0) return;
    this.#waiting.splice(place, 1);
    turn.reject(databaseBusy());
  }

  #rejectWaiting(error: unknown): void {
    for (const turn of this.#waiting.splice(0)) {
      turn.stopWaiting();
      turn.reject(error);
    }
  }
}
