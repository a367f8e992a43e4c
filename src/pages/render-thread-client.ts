import { ThreadError, WorkerThread } from "../os/worker-thread.ts";
import { Problem } from "../problem.ts";
import type { Rendered } from "./render-markdown.ts";
import type { RenderRequest } from "./render-thread.ts";
import { text } from "./text.en.ts";

/** Opens the thread: the first document would else pay for what is loaded when first used. */
const WARM_UP: RenderRequest = { source: "", options: { nofollow: true }, language: "en" };

/** The serving thread's client of the rendering thread, which renders one document at a time. */
export class RenderThreadClient {
  readonly #thread = new WorkerThread<RenderRequest, Rendered>({
    module: new URL("./render-thread.ts", import.meta.url).href,
    opening: () => WARM_UP,
    isBackground: true,
  });
  #deadline: Timer | undefined;

  async open(): Promise<void> {
    await this.#thread.open();
  }

  /**
   * Renders a document. The time that the thread takes to start does not count.
   * @throws Problem `invalid`; after the deadline the thread has ended
   */
  async render(request: RenderRequest, deadlineMs: number): Promise<Rendered> {
    await this.#thread.open();
    this.#endAfter(deadlineMs, process.cpuUsage());
    try {
      return await this.#thread.call(request);
    } catch (error) {
      throw this.#explain(error);
    } finally {
      clearTimeout(this.#deadline);
    }
  }

  /** Ends the thread, whatever it is doing; the document in progress fails with `reason`. */
  end(reason: Error): void {
    this.#thread.end(reason);
  }

  /** Counts only time in which this process ran: a busy machine makes no document complex. */
  #endAfter(ms: number, since: NodeJS.CpuUsage): void {
    this.#deadline = setTimeout(() => {
      const { user, system } = process.cpuUsage(since);
      const left = ms - (user + system) / 1_000;
      if (left > 0) this.#endAfter(left, process.cpuUsage());
      else this.end(new Problem("invalid", text.tooSlow));
    }, ms);
  }

  /** A document that cannot be rendered leaves the thread open; anything else is a fault. */
  #explain(error: unknown): unknown {
    if (!(error instanceof ThreadError) || this.#thread.state === "failed") return error;
    return new Problem("invalid", text.tooComplex, { cause: error });
  }
}
