import { databaseBusy } from "../database-errors.ts";
import type { ThreadClient } from "./thread-client.ts";
import type { RunResult, Statement } from "./thread-messages.ts";

export interface ReaderPoolOptions {
  /** Number of reads that run at the same time. */
  readonly size: number;
  /** Milliseconds after which a read fails as busy, waiting included; null: never. */
  readonly deadlineMs: number | null;
  readonly open: (onEnded: () => void) => ThreadClient;
}

/** Most reads of a pool that wait for a thread: more could not be answered in time. */
export const MAX_WAITING = 1000;

/** Milliseconds in which an interrupted statement ends, or its thread is given up. */
const INTERRUPT_MS = 1000;

/** A thread, and whether it was given up. */
interface Place {
  readonly thread: ThreadClient;
  isLate: boolean;
}

interface Read {
  readonly statements: readonly Statement[];
  readonly answer: PromiseWithResolvers<readonly RunResult[]>;
  timer: Timer | undefined;
  /** Null while it waits. */
  place: Place | null;
}

/**
 * Reading threads. A read that misses its deadline is answered as busy, and its statement is interrupted. Where that
 * asks for nothing on the way (see Dialect.inTime), another thread takes the place of its own, which ends with the
 * statement; at most as many such threads as the pool has places are left to end.
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

  /** Starts all threads, so that none has to start when descriptors or memory have run out. */
  async open(): Promise<void> {
    if (this.#isClosed) return;
    const { size } = this.#options;
    while (this.#idle.length + this.#running.size < size) this.#idle.push(this.#newPlace());
    await Promise.all(this.#idle.map(({ thread }) => thread.open()));
  }

  /** Sends a read to as many threads as there are: fails where none, or only some, answer. */
  async probe(): Promise<void> {
    await Promise.all(Array.from({ length: this.#options.size }, () => this.run("select 1")));
  }

  /** @throws as `runAll` */
  async run(sql: string, parameters: readonly unknown[] = []): Promise<RunResult> {
    const [result] = await this.runAll([{ sql, parameters }]);
    return result ?? { rows: [], changes: 0, lastId: 0 };
  }

  /**
   * Runs statements one after the other as one read.
   * @throws ThreadError; Problem `busy` after the deadline, after `close`, and at once when too many wait
   */
  async runAll(statements: readonly Statement[]): Promise<readonly RunResult[]> {
    if (this.#isClosed || this.#waiting.length >= MAX_WAITING) throw databaseBusy();
    const { deadlineMs } = this.#options;
    const timer =
      deadlineMs === null ? undefined : setTimeout(() => this.#expire(read), deadlineMs);
    const answer = Promise.withResolvers<readonly RunResult[]>();
    const read: Read = { statements, answer, timer, place: null };
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
    const { size } = this.#options;
    return this.#running.size >= size || this.#late >= size ? null : this.#newPlace();
  }

  #newPlace(): Place {
    const { open } = this.#options;
    const place: Place = { thread: open(() => this.#noteEnded(place)), isLate: false };
    return place;
  }

  #noteEnded(place: Place): void {
    if (!place.isLate) return;
    this.#late--;
    this.#startNext();
  }

  async #perform(read: Read, place: Place): Promise<void> {
    const { statements, answer } = read;
    await place.thread.runAll(statements).then(answer.resolve, answer.reject);
    clearTimeout(read.timer);
    this.#running.delete(read);
    if (!place.isLate) this.#idle.push(place);
    this.#startNext();
  }

  #expire(read: Read): void {
    read.answer.reject(databaseBusy());
    if (read.place === null) {
      this.#waiting.splice(this.#waiting.indexOf(read), 1);
      return;
    }
    read.place.thread.interrupt();
    read.timer = setTimeout(() => this.#giveUp(read), INTERRUPT_MS);
  }

  #giveUp({ answer, timer, place }: Read): void {
    clearTimeout(timer);
    answer.reject(databaseBusy());
    if (place === null) return;
    place.isLate = true;
    this.#late++;
    place.thread.interrupt();
    place.thread.abandon(databaseBusy());
  }
}
