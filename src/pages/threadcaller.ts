import { Problem } from "../problem.ts";
import type { Rendered } from "./markdown.ts";
import type { Answer, Order } from "./renderthread.ts";

/** The serving thread's end of one rendering thread, from its start to its end. It takes one document at a time. */
export class RenderThread {
  readonly #worker: Worker;
  readonly #ready: Promise<Answer>;
  #answer: PromiseWithResolvers<Answer>;
  #hasEnded = false;

  constructor() {
    this.#answer = Promise.withResolvers();
    this.#ready = this.#answer.promise;
    this.#worker = new Worker(new URL("./renderthread.ts", import.meta.url).href);
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
    const deadline = setTimeout(() => this.end(tooSlow()), deadlineMs);
    this.#worker.postMessage(order);
    try {
      return renderedIn(await this.#answer.promise);
    } finally {
      clearTimeout(deadline);
    }
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
