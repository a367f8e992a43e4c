import type { Answer, Question, SupervisorAsks } from "./protocol.ts";

/** How long a worker is given to answer, in milliseconds. */
const PATIENCE_MS = 5000;

/** Tells whether somebody hears. */
type Send = (message: SupervisorAsks) => boolean;

/** WorkerRpc to workers that wait for their answers. */
export class WorkerRpc {
  readonly #waiting = new Map<number, (answer: Answer | null) => void>();
  #last = 0;

  /** What a worker answers; null where it says nothing. */
  ask(send: Send, question: Question): Promise<Answer | null> {
    const id = ++this.#last;
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.hear(id, null), PATIENCE_MS);
      this.#waiting.set(id, (answer) => {
        clearTimeout(timer);
        resolve(answer);
      });
      if (!send({ asks: "answer", id, question })) this.hear(id, null);
    });
  }

  hear(id: number, answer: Answer | null): void {
    this.#waiting.get(id)?.(answer);
    this.#waiting.delete(id);
  }
}
