import { Problem, toProblem } from "../../problem.ts";
import type { Call } from "../call.ts";
import { text } from "../text.en.ts";

/** An upload of the caller, counted from its first file, or its first text that goes to disk, to its end. */
export class CountedUpload implements Disposable {
  readonly #call: Call;
  #counted: Disposable | null = null;

  constructor(call: Call) {
    this.#call = call;
  }

  /** @throws Problem `too_many` */
  begin(): void {
    const { actor, app } = this.#call;
    if (actor.is === "operator") return;
    if (actor.is !== "user") throw new Problem("unauthenticated", text.access.signIn);
    this.#counted ??= app.uploads.begin(actor.userId);
  }

  /** Receives it; a refusal is counted by its reason. */
  async receive<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (thrown) {
      this.#call.app.metrics.countUploadRefusal(toProblem(thrown).code);
      throw thrown;
    }
  }

  [Symbol.dispose](): void {
    this.#counted?.[Symbol.dispose]();
  }
}
