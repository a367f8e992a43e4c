/**
 * Runs a task one at a time: requests while it runs, however many, make it run once more afterwards. Its timer does not
 * keep the process alive.
 */
export class SerialTask {
  readonly #work: () => Promise<void>;
  readonly #onFailure: (err: unknown) => void;
  #isRequested = false;
  #isRunning = false;
  #isClosed = false;
  #later: Timer | undefined;

  /** @param onFailure called for each failure of `work`, unless the task is closed */
  constructor(work: () => Promise<void>, onFailure: (err: unknown) => void) {
    this.#work = work;
    this.#onFailure = onFailure;
  }

  request(): void {
    this.#isRequested = true;
    if (!this.#isRunning) void this.#run();
  }

  /** Requests a run in `ms` milliseconds; a later call replaces the delay. */
  requestAfter(ms: number): void {
    clearTimeout(this.#later);
    if (!this.#isClosed) this.#later = setTimeout(() => this.request(), ms).unref();
  }

  /** Starts no further run. */
  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#later);
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    while (this.#isRequested && !this.#isClosed) {
      this.#isRequested = false;
      try {
        await this.#work();
      } catch (err) {
        if (!this.#isClosed) this.#onFailure(err);
      }
    }
    this.#isRunning = false;
  }
}
