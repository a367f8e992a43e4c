/**
 * Requests to a Worker thread, and their answers. Both ends of the protocol are in this file.
 *
 * States, as the client sees them:
 *
 *     idle ----call, open----> opening ----the opening request is answered----> open
 *      ^                          |                                               |
 *      |                          | it is refused, or the thread ends             | the thread ends
 *      |                          v                                               v
 *      +-------- end ---------  failed  <-----------------------------------------+
 *
 * A thread that has failed, or was ended, is forgotten with every request it had: they reject. The next request starts
 * a new thread, with another session number, so that a request that depends on an earlier one can tell.
 */

import { countFreeFiles } from "./open-files.ts";
import { text } from "./text.en.ts";

declare const self: Worker;

interface Envelope<Request> {
  readonly id: number;
  readonly request: Request;
}

export interface Failure {
  /** The system's or the library's name of the failure, such as SQLITE_BUSY; "" if it has none. */
  readonly code: string;
  readonly message: string;
}

type Answer<Result> =
  | { readonly id: number; readonly result: Result }
  | { readonly id: number; readonly failure: Failure };

/** A failure in a thread, or of a thread; `code` is its name, such as SQLITE_BUSY. */
export class ThreadError extends Error {
  readonly code: string;

  constructor({ code, message }: Failure) {
    super(message);
    this.name = "ThreadError";
    this.code = code;
  }
}

export type ThreadState = "idle" | "opening" | "open" | "failed";

export interface WorkerThreadOptions<Request> {
  /** The module that runs in the thread; it calls `answerRequests`. */
  readonly module: string;
  /** Makes the first request to each new thread. */
  readonly opening: () => Request;
  /** Whether the thread's heap is small, and collected often. */
  readonly smol?: boolean;
  /** Whether the thread lets the process end. */
  readonly isBackground?: boolean;
  /** Called when a thread that was started has ended, however it did. */
  readonly onEnded?: () => void;
}

/** Free descriptors that a thread needs to start: Bun ends the whole process where they run out within. */
const FILES_TO_START = 24;

/** Delays before a thread that did not open is started once more, doubled each time; the second start has none. */
const FIRST_DELAY_MS = 100;
const LONGEST_DELAY_MS = 10_000;

/** Client of one thread at a time. Requests are carried out in their order. */
export class WorkerThread<Request, Result> {
  readonly #options: WorkerThreadOptions<Request>;
  readonly #pending = new Map<number, PromiseWithResolvers<Result>>();
  #worker: Worker | null = null;
  #opened: Promise<unknown> = Promise.resolve();
  #state: ThreadState = "idle";
  #lastId = 0;
  #sessions = 0;
  #failedStarts = 0;
  /** Until when requests fail at once, and how. */
  #restart: { readonly notBefore: number; readonly failure: Error } | null = null;

  /** The thread itself starts with the first request. */
  constructor(options: WorkerThreadOptions<Request>) {
    this.#options = options;
  }

  get state(): ThreadState {
    return this.#state;
  }

  /** Number of the running thread; null while none runs. */
  get session(): number | null {
    return this.#worker === null ? null : this.#sessions;
  }

  /**
   * Starts the thread unless it runs; resolves when it is open.
   * @throws ThreadError
   */
  async open(): Promise<void> {
    this.#worker ??= this.#start();
    await this.#opened;
  }

  /**
   * @param transfer buffers of the request that move to the thread instead of being copied
   * @throws ThreadError; whatever `end` was called with
   */
  async call(request: Request, transfer: ArrayBuffer[] = []): Promise<Result> {
    this.#worker ??= this.#start();
    return await this.#post(this.#worker, request, transfer);
  }

  /** Stops the thread, whatever it is doing; its requests reject with `reason`. */
  end(reason: Error): void {
    this.#forget(reason);
    this.#state = "idle";
  }

  #start(): Worker {
    this.#requireStartable();
    const { module, opening, smol = false, isBackground = false, onEnded } = this.#options;
    const first = opening();
    const worker = new Worker(module, { smol });
    this.#state = "opening";
    this.#sessions++;
    if (isBackground) worker.unref();
    worker.onmessage = (event: MessageEvent<Answer<Result>>) => this.#settle(event.data);
    worker.onerror = ({ message }) => this.#fail(worker, new ThreadError({ code: "", message }));
    worker.addEventListener("close", () => {
      this.#fail(worker, new ThreadError({ code: "", message: `${module} ended` }));
      onEnded?.();
    });
    this.#opened = this.#post(worker, first, []);
    this.#opened.then(
      () => this.#noteOpen(worker),
      (error) => this.#fail(worker, error),
    );
    return worker;
  }

  /** @throws ThreadError of the last start, too soon after it; EMFILE without the descriptors for another */
  #requireStartable(): void {
    if (this.#restart !== null && performance.now() < this.#restart.notBefore)
      throw this.#restart.failure;
    if (countFreeFiles() < FILES_TO_START)
      throw new ThreadError({ code: "EMFILE", message: text.noDescriptors });
  }

  #noteOpen(worker: Worker): void {
    if (this.#worker !== worker) return;
    this.#state = "open";
    this.#failedStarts = 0;
    this.#restart = null;
  }

  #noteFailedStart(failure: Error): void {
    const delayMs = FIRST_DELAY_MS * 2 ** (this.#failedStarts - 1);
    if (this.#failedStarts > 0)
      this.#restart = {
        notBefore: performance.now() + Math.min(delayMs, LONGEST_DELAY_MS),
        failure,
      };
    this.#failedStarts++;
  }

  #post(worker: Worker, request: Request, transfer: ArrayBuffer[]): Promise<Result> {
    const id = ++this.#lastId;
    const answer = Promise.withResolvers<Result>();
    this.#pending.set(id, answer);
    worker.postMessage({ id, request } satisfies Envelope<Request>, transfer);
    return answer.promise;
  }

  #settle(answer: Answer<Result>): void {
    const pending = this.#pending.get(answer.id);
    this.#pending.delete(answer.id);
    if ("failure" in answer) pending?.reject(new ThreadError(answer.failure));
    else pending?.resolve(answer.result);
  }

  /** Ignores a thread that has been replaced. */
  #fail(worker: Worker, error: Error): void {
    if (this.#worker !== worker) return;
    if (this.#state === "opening") this.#noteFailedStart(error);
    this.#forget(error);
    this.#state = "failed";
  }

  #forget(error: Error): void {
    const worker = this.#worker;
    this.#worker = null;
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    for (const { reject } of pending) reject(error);
    worker?.terminate();
  }
}

/** In the thread: answers each request with what `perform` returns or throws. */
export function answerRequests<Request, Result>(perform: (request: Request) => Result): void {
  self.onmessage = ({ data: { id, request } }: MessageEvent<Envelope<Request>>) => {
    self.postMessage(answerOf(id, () => perform(request)));
  };
}

function answerOf<Result>(id: number, work: () => Result): Answer<Result> {
  try {
    return { id, result: work() };
  } catch (error) {
    return { id, failure: describeFailure(error) };
  }
}

export function describeFailure(error: unknown): Failure {
  const { code } = (error ?? {}) as { readonly code?: unknown };
  const message = error instanceof Error ? error.message : String(error);
  return { code: typeof code === "string" ? code : "", message };
}
