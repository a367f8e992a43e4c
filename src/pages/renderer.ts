import { Problem } from "../problem.ts";
import { timed } from "../telemetry/trace.ts";
import { formatCount } from "../text/format.ts";
import { currentLanguage } from "../text/language.ts";
import type { Rendered, RenderOptions } from "./render-markdown.ts";
import { RenderThreadClient } from "./render-thread-client.ts";
import { text } from "./text.en.ts";

/** Maximum length of a document in characters, as on GitHub: it takes half a second, and the deadline is one second. */
export const MAX_SOURCE = 500_000;

interface Limits {
  /** Milliseconds of this process's CPU time that one document may take. */
  readonly deadlineMs: number;
  /** Milliseconds without work after which the thread ends: it holds 40 MB, and more after a long document. */
  readonly idleMs: number;
  /** Maximum number of documents in progress or waiting. */
  readonly maxWaiting: number;
}

const LIMITS: Limits = { deadlineMs: 1_000, idleMs: 60_000, maxWaiting: 20 };

/**
 * Renders documents one at a time in another thread, so that none delays the serving thread. For a document that takes
 * too long, the thread is ended: the time that some texts take is quadratic in their length.
 */
export class Renderer {
  readonly #limits: Limits;
  readonly #thread = new RenderThreadClient();
  #idle: Timer | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  #isClosed = false;

  /** The thread itself starts with the first document. */
  constructor(limits: Partial<Limits> = {}) {
    this.#limits = { ...LIMITS, ...limits };
  }

  /** @throws Problem too_large, invalid (it cannot be shown, or not in time) or busy (too many are waiting) */
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

  /** Ends the thread. Documents in progress and later ones fail. */
  close(): void {
    this.#isClosed = true;
    this.#endThread();
  }

  async #renderNow(source: string, options: RenderOptions): Promise<Rendered> {
    if (this.#isClosed) throw stopping();
    clearTimeout(this.#idle);
    const request = { source, options, language: currentLanguage() };
    try {
      return await timed("render", () => this.#thread.render(request, this.#limits.deadlineMs));
    } finally {
      this.#idle = setTimeout(() => this.#endThread(), this.#limits.idleMs).unref();
    }
  }

  #endThread(): void {
    clearTimeout(this.#idle);
    this.#thread.end(stopping());
  }
}

function tooLong(): Problem {
  return new Problem("too_large", text.tooLong(formatCount(MAX_SOURCE)));
}

function tooMany(): Problem {
  return new Problem("busy", text.tooMany, { retryAfterSeconds: 1 });
}

function stopping(): Problem {
  return new Problem("busy", text.stopping);
}
