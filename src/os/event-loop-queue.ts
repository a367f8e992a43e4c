/** One piece of work in each turn of the event loop, so that others get theirs in between. */
export class EventLoopQueue {
  #last: Promise<void> = Promise.resolve();

  /** Until it is one's turn. */
  next(): Promise<void> {
    this.#last = this.#last.then(() => new Promise((resolve) => setImmediate(resolve)));
    return this.#last;
  }
}
