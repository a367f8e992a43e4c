/** How often it is looked whose time is over, in milliseconds. */
const LOOK_MS = 1000;

interface Waiting {
  dueAt: number;
  readonly isLate: () => void;
}

/** Ends waiting for answers that take too long. The work itself goes on: it may be about to commit. */
export class Deadlines {
  readonly #waiting = new Map<Request, Waiting>();
  readonly #timer: Timer;

  constructor() {
    this.#timer = setInterval(() => this.#look(), LOOK_MS).unref();
  }

  /** The answer, or after `ms` milliseconds, give or take a second, what `late` says instead. */
  keep(
    request: Request,
    answer: Promise<Response>,
    ms: number,
    late: () => Response,
  ): Promise<Response> {
    return new Promise((resolve, reject) => {
      const isLate = () => resolve(late());
      this.#waiting.set(request, { dueAt: performance.now() + ms, isLate });
      answer.then(resolve, reject).finally(() => this.#waiting.delete(request));
    });
  }

  /** From now on it may take `ms` more. */
  extend(request: Request, ms: number): void {
    const waiting = this.#waiting.get(request);
    if (waiting !== undefined) waiting.dueAt = Math.max(waiting.dueAt, performance.now() + ms);
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const now = performance.now();
    for (const [request, { dueAt, isLate }] of this.#waiting) {
      if (dueAt > now) continue;
      this.#waiting.delete(request);
      isLate();
    }
  }
}
