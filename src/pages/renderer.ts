import { Problem } from "../problem.ts";
import { timed } from "../telemetry/trace.ts";
import type { Rendered, RenderOptions } from "./render-markdown.ts";
import { RenderThread } from "./render-thread-client.ts";

/**
 * Longest document that is rendered, in characters: half a second's work, where the deadline is one. GitHub shows
 * no longer ones either.
 */
export const MAX_SOURCE = 500_000;

interface Limits {
  /** How long one document may take, in milliseconds; on a busy machine, of this process's running time. */
  readonly deadlineMs: number;
  /** After how long without work the thread ends, in milliseconds: it holds 40 MB, and more after a long document. */
  readonly idleMs: number;
  /** How many may be under way and waiting for their turn. */
  readonly maxWaiting: number;
}

const LIMITS: Limits = { deadlineMs: 1_000, idleMs: 60_000, maxWaiting: 20 };

/**
 * Renders documents in a thread of its own, one at a time, so that none holds up the serving thread. One that takes
 * too long is given up, and the thread with it: some texts take the square of their length, whatever we do.
 */
export class Renderer {
  readonly #limits: Limits;
  #thread: RenderThread | null = null;
  #idle: Timer | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  #isClosed = false;

  /** The thread itself starts with the first document. */
  constructor(limits: Partial<Limits> = {}) {
    this.#limits = { ...LIMITS, ...limits };
  }

  /** @throws Problem too_large, invalid (it cannot be shown, or not in time) or busy (many are waiting) */
  async render(source: string, options: RenderOptions): Promise<Rendered> {
    if (source.length > MAX_SOURCE) throw tooLong();
    if (this.#waiting >= this.#limits.maxWaiting) throw tooMany();
    this.#waiting += 1;
    const turn = this.#last.then(() => this.#renderNow(source, options));
    this.#last = turn.catch(() => {});
    try {
      return await turn;
    } finally {
      this.#waiting -= 1;
    }
  }

  /** Ends the thread. Documents under way fail, and so do later ones. */
  close(): void {
    this.#isClosed = true;
    this.#endThread();
  }

  async #renderNow(source: string, options: RenderOptions): Promise<Rendered> {
    if (this.#isClosed) throw closing();
    clearTimeout(this.#idle);
    this.#thread ??= new RenderThread();
    const thread = this.#thread;
    try {
      const order = { source, options };
      return await timed("render", () => thread.render(order, this.#limits.deadlineMs));
    } finally {
      if (thread.hasEnded) this.#thread = null;
      this.#idle = setTimeout(() => this.#endThread(), this.#limits.idleMs).unref();
    }
  }

  #endThread(): void {
    clearTimeout(this.#idle);
    this.#thread?.end(closing());
    this.#thread = null;
  }
}

function tooLong(): Problem {
  const most = MAX_SOURCE.toLocaleString("en");
  return new Problem("too_large", `This document is too long: ${most} characters are the most.`);
}

function tooMany(): Problem {
  const message = "Many documents are being prepared right now. Try again in a moment.";
  return new Problem("busy", message, { retryAfterSeconds: 1 });
}

function closing(): Problem {
  return new Problem("busy", "Trunk8 is stopping. Try again in a moment.");
}
