import { every } from "../os/every.ts";
import type { Logger } from "../telemetry/log.ts";

/** Interval of the check for passed deadlines, in milliseconds. */
const CHECK_MS = 1000;

interface Pending {
  dueAt: number;
  readonly expire: () => void;
}

/** Deadlines of responses. The work itself goes on after its deadline: it may be about to commit. */
export class Deadlines {
  readonly #pending = new Map<Request, Pending>();
  readonly #stopChecking: () => void;

  constructor(log: Logger, checkMs = CHECK_MS) {
    this.#stopChecking = every(checkMs, () => this.#check(), log);
  }

  /** Returns the response, or that of `late` after `ms` milliseconds and at most one interval. */
  keep(
    request: Request,
    response: Promise<Response>,
    ms: number,
    late: () => Response,
  ): Promise<Response> {
    return new Promise((resolve, reject) => {
      const expire = () => resolve(late());
      this.#pending.set(request, { dueAt: performance.now() + ms, expire });
      response.then(resolve, reject).finally(() => this.#pending.delete(request));
    });
  }

  /** Moves a deadline to `ms` from now, unless it is later already. */
  extend(request: Request, ms: number): void {
    const pending = this.#pending.get(request);
    if (pending !== undefined) pending.dueAt = Math.max(pending.dueAt, performance.now() + ms);
  }

  close(): void {
    this.#stopChecking();
  }

  #check(): void {
    const now = performance.now();
    for (const [request, { dueAt, expire }] of this.#pending) {
      if (dueAt > now) continue;
      this.#pending.delete(request);
      expire();
    }
  }
}
