import { Problem } from "../problem.ts";
import { timed } from "../telemetry/trace.ts";
import { formatCount } from "../text/format.ts";
import { currentLanguage } from "../text/language.ts";
import type { Rendered, RenderOptions } from "./render-markdown.ts";
import { OWN_TURN, RenderQueue } from "./render-queue.ts";
import { RenderThreadClient } from "./render-thread-client.ts";
import { text } from "./text.en.ts";

/** Maximum length of a document in characters, as on GitHub: it takes half a second, and the deadline is one second. */
export const MAX_SOURCE = 500_000;

interface Limits {
  /** Milliseconds of this process's CPU time that one document may take. */
  readonly deadlineMs: number;
  /** Milliseconds without work after which the thread ends: it holds 40 MB, and more after a long document. */
  readonly idleMs: number;
  /** Maximum number of documents that wait in one queue; default: that of RenderQueue. */
  readonly maxWaiting?: number;
}

const LIMITS: Limits = { deadlineMs: 1_000, idleMs: 60_000 };

/**
 * Renders documents one at a time in another thread, so that none delays the serving thread. For a document that takes
 * too long, the thread is ended: the time that some texts take is quadratic in their length.
 */
export class Renderer {
  readonly #limits: Limits;
  readonly #thread = new RenderThreadClient();
  readonly #queue: RenderQueue;
  #idle: Timer | undefined;
  #isClosed = false;

  /** The thread itself starts with the first document. */
  constructor(limits: Partial<Limits> = {}) {
    this.#limits = { ...LIMITS, ...limits };
    this.#queue = new RenderQueue(this.#limits.maxWaiting);
  }

  /**
   * @param read returns the source; called when its turn comes, so that no text waits in memory
   * @throws Problem too_large, invalid (it cannot be shown, or not in time), busy (too many are waiting), or what `read`
   *   throws
   */
  async render(
    read: string | (() => Promise<string>),
    options: RenderOptions,
    turn = OWN_TURN,
  ): Promise<Rendered> {
    if (isTooLong(read)) throw tooLong();
    return await this.#queue.run(turn, async () => {
      const source = typeof read === "string" ? read : await read();
      if (isTooLong(source)) throw tooLong();
      return await this.#renderNow(source, options);
    });
  }

  /**
   * Starts the thread once, so that its modules are known: where files run out, they could not be found any more. It ends
   * at once, as many a site has no documents.
   */
  async prepare(): Promise<void> {
    await this.#queue.run(OWN_TURN, async () => {
      if (this.#isClosed || this.#idle !== undefined) return;
      await this.#thread.open();
      this.#endThread();
    });
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
      this.#endWhenIdle();
    }
  }

  #endWhenIdle(): void {
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => this.#endThread(), this.#limits.idleMs).unref();
  }

  #endThread(): void {
    clearTimeout(this.#idle);
    this.#thread.end(stopping());
  }
}

function isTooLong(source: unknown): boolean {
  return typeof source === "string" && source.length > MAX_SOURCE;
}

function tooLong(): Problem {
  return new Problem("too_large", text.tooLong(formatCount(MAX_SOURCE)));
}

function stopping(): Problem {
  return new Problem("busy", text.stopping);
}
