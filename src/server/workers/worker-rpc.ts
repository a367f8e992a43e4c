import type { Answer, Question, SupervisorAsks } from "./protocol.ts";

/** Time for a worker to reply, in milliseconds. */
const TIMEOUT_MS = 5000;

/** Returns false if the channel is closed. */
type Send = (message: SupervisorAsks) => boolean;

/** Requests to workers that wait for their replies. */
export class WorkerRpc {
  readonly #pending = new Map<number, (answer: Answer | null) => void>();
  #lastId = 0;

  /** Sends a question; resolves to the reply, or to null if there is none in time. */
  ask(send: Send, question: Question): Promise<Answer | null> {
    const id = ++this.#lastId;
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.settle(id, null), TIMEOUT_MS);
      this.#pending.set(id, (answer) => {
        clearTimeout(timer);
        resolve(answer);
      });
      if (!send({ asks: "answer", id, question })) this.settle(id, null);
    });
  }

  /** Takes the reply to a question. */
  settle(id: number, answer: Answer | null): void {
    this.#pending.get(id)?.(answer);
    this.#pending.delete(id);
  }
}
