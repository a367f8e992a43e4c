import { databaseBusy } from "../database-errors.ts";
import type { ThreadClient } from "./thread-client.ts";
import type { RunResult } from "./thread-messages.ts";

export interface ReaderPoolOptions {
  /** Number of reads that run at the same time. */
  readonly size: number;
  /** Milliseconds after which a read fails as busy, waiting included; null: never. */
  readonly deadlineMs: number | null;
  readonly open: (onEnded: () => void) => ThreadClient;
}

/** A thread, and whether it was given up. */
interface Place {
  readonly thread: ThreadClient;
  isLate: boolean;
}

interface Read {
  readonly sql: string;
  readonly parameters: readonly unknown[];
  readonly answer: PromiseWithResolvers<RunResult>;
  readonly timer: Timer | undefined;
  /** Null while it waits. */
  place: Place | null;
}

/**
 * Reading threads, started when they are needed. A read that misses its deadline is answered, and another thread takes
 * the place of its own, which ends with the statement: SQLite cannot be interrupted from here. At most as many such
 * threads as the pool has places are left to end.
 */
export class ReaderPool {
  readonly #options: ReaderPoolOptions;
  readonly #idle: Place[] = [];
  readonly #waiting: Read[] = [];
  readonly #running = new Set<Read>();
  /** Number of threads that were given up and have not ended. */
  #late = 0;
  #isClosed = false;

  constructor(options: ReaderPoolOptions) {
    this.#options = options;
  }

  /** @throws ThreadError; Problem `busy` after the deadline, and after `close` */
  async run(sql: string, parameters: readonly unknown[] = []): Promise<RunResult> {
    if (this.#isClosed) throw databaseBusy();
    const { deadlineMs } = this.#options;
    const timer =
      deadlineMs === null ? undefined : setTimeout(() => this.#expire(read), deadlineMs);
    const answer = Promise.withResolvers<RunResult>();
    const read: Read = { sql, parameters, answer, timer, place: null };
    this.#waiting.push(read);
    this.#startNext();
    return await answer.promise;
  }

  /** Ends all threads; reads that run or wait reject. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const read of [...this.#waiting.splice(0), ...this.#running]) this.#giveUp(read);
    await Promise.all(this.#idle.splice(0).map(({ thread }) => thread.close()));
  }

  #startNext(): void {
    const [read] = this.#waiting;
    if (read === undefined) return;
    const place = this.#idle.pop() ?? this.#openPlace();
    if (place === null) return;
    this.#waiting.shift();
    read.place = place;
    this.#running.add(read);
    void this.#perform(read, place);
  }

  #openPlace(): Place | null {
    const { size, open } = this.#options;
    if (this.#running.size >= size || this.#late >= size) return null;
    const place: Place = { thread: open(() => this.#noteEnded(place)), isLate: false };
    return place;
  }

  #noteEnded(place: Place): void {
    if (!place.isLate) return;
    this.#late--;
    this.#startNext();
  }

  async #perform(read: Read, place: Place): Promise<void> {
    const { sql, parameters, answer, timer } = read;
    await place.thread.run(sql, parameters).then(answer.resolve, answer.reject);
    clearTimeout(timer);
    this.#running.delete(read);
    if (!place.isLate) this.#idle.push(place);
    this.#startNext();
  }

  #expire(read: Read): void {
    if (read.place === null) this.#waiting.splice(this.#waiting.indexOf(read), 1);
    this.#giveUp(read);
  }

  #giveUp({ answer, timer, place }: Read): void {
    clearTimeout(timer);
    answer.reject(databaseBusy());
    if (place === null) return;
    place.isLate = true;
    this.#late++;
    place.thread.abandon(databaseBusy());
  }
}
