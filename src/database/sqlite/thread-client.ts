import type { Answer, OpenOrder, OrderWork, RunResult, SqliteFailure } from "./thread-messages.ts";

/** A failure that SQLite reported; `code` is its name, such as SQLITE_BUSY. */
export class SqliteError extends Error {
  readonly code: string;

  constructor({ code, message }: SqliteFailure) {
    super(message);
    this.name = "SqliteError";
    this.code = code;
  }
}

const CLOSED: SqliteFailure = {
  code: "SQLITE_CANTOPEN",
  message: "The database has been closed.",
};

interface Pending {
  resolve(result: RunResult | undefined): void;
  reject(error: Error): void;
}

/** The serving thread's end of one database thread. Orders are carried out in the order they are given. */
export class ThreadCaller {
  readonly #opening: OpenOrder;
  readonly #pending = new Map<number, Pending>();
  #worker: Worker | null = null;
  #isClosed = false;
  #lastId = 0;

  /** The thread itself starts with the first call. */
  constructor(opening: OpenOrder) {
    this.#opening = opening;
  }

  /**
   * @param given buffers of the order that go over to the thread instead of being copied
   * @throws SqliteError, also after `close`: a thread started then would keep the process from its end
   */
  async call(work: OrderWork, given: ArrayBuffer[] = []): Promise<RunResult | undefined> {
    if (this.#isClosed) throw new SqliteError(CLOSED);
    this.#worker ??= this.#start();
    return await this.#post(this.#worker, work, given);
  }

  async run(sql: string, parameters: readonly unknown[] = []): Promise<RunResult> {
    const result = await this.call({ do: "run", sql, parameters });
    return result ?? { rows: [], changes: 0, lastId: 0 };
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    if (this.#worker === null) return;
    await this.#post(this.#worker, { do: "close" }, []);
    this.#worker.terminate();
  }

  #start(): Worker {
    // Small: its heap holds statements and messages, so it may be collected often.
    const worker = new Worker(new URL("./thread.ts", import.meta.url).href, { smol: true });
    worker.onmessage = (event: MessageEvent<Answer>) => this.#settle(event.data);
    worker.onerror = (event) => this.#failAll(new Error(`Database thread: ${event.message}`));
    this.#post(worker, this.#opening, []).catch((error) => this.#failAll(error));
    return worker;
  }

  #post(worker: Worker, work: OrderWork, given: ArrayBuffer[]): Promise<RunResult | undefined> {
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
      worker.postMessage({ id, work }, given);
    });
  }

  #settle({ id, result, failure }: Answer): void {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    if (failure === undefined) pending?.resolve(result);
    else pending?.reject(new SqliteError(failure));
  }

  #failAll(error: Error): void {
    for (const pending of this.#pending.values()) pending.reject(error);
    this.#pending.clear();
  }
}
