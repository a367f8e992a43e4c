import { Problem } from "../problem.ts";
import type { Rendered } from "./render-markdown.ts";
import type { Answer, Order } from "./render-thread.ts";

/** The serving thread's end of one rendering thread, from its start to its end. It takes one document at a time. */
export class RenderThread {
  readonly #worker: Worker;
  readonly #ready: Promise<Answer>;
  #answer: PromiseWithResolvers<Answer>;
  #deadline: Timer | undefined;
  #hasEnded = false;

  constructor() {
    this.#answer = Promise.withResolvers();
    this.#ready = this.#answer.promise;
    this.#worker = new Worker(new URL("./render-thread.ts", import.meta.url).href);
    this.#worker.unref();
    this.#worker.onmessage = (event: MessageEvent<Answer>) => this.#answer.resolve(event.data);
    this.#worker.onerror = (event) => this.end(new Error(`Rendering thread: ${event.message}`));
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /**
   * The time for starting is not the document's.
   * @throws Problem invalid; after the deadline the thread has ended
   */
  async render(order: Order, deadlineMs: number): Promise<Rendered> {
    await this.#ready;
    this.#answer = Promise.withResolvers();
    this.#endAfter(deadlineMs, process.cpuUsage());
    this.#worker.postMessage(order);
    try {
      return renderedIn(await this.#answer.promise);
    } finally {
      clearTimeout(this.#deadline);
    }
  }

  /** Time in which this process did not run is not counted: a busy machine makes no document intricate. */
  #endAfter(ms: number, since: NodeJS.CpuUsage): void {
    this.#deadline = setTimeout(() => {
      const { user, system } = process.cpuUsage(since);
      const left = ms - (user + system) / 1_000;
      if (left > 0) this.#endAfter(left, process.cpuUsage());
      else this.end(tooSlow());
    }, ms);
  }

  /** Stops it, wherever it is; the document under way fails with `why`. */
  end(why: Error): void {
    this.#hasEnded = true;
    this.#answer.reject(why);
    this.#worker.terminate();
  }
}

function renderedIn(answer: Answer): Rendered {
  if (answer.is === "rendered") return answer.rendered;
  const cause = answer.is === "failed" ? answer.why : "it answered out of turn";
  throw new Problem("invalid", "This document is too intricate to be shown as a page.", { cause });
}

function tooSlow(): Problem {
  return new Problem(
    "invalid",
    "This document takes too long to show. Make it shorter or simpler.",
  );
}
