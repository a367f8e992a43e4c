import { Problem } from "../problem.ts";
import { text } from "./text.en.ts";

/** What documents are rendered for, most urgent first: a save, a preview in the editor, a page that is opened. */
const renderQueues = ["save", "preview", "visit"] as const;

export type RenderQueueName = (typeof renderQueues)[number];

/** The purpose and the caller of a rendering. */
export interface RenderTurn {
  readonly queue: RenderQueueName;
  /** The account, or the network of a visitor; null for one that has no limit of its own. */
  readonly by: string | null;
  /**
   * Takes the CPU time in milliseconds that a rendering will cost, before it waits.
   * @throws Problem `too_many`
   */
  spend(costMs: number): void;
}

/** The turn of what the server does by itself. */
export const OWN_TURN: RenderTurn = { queue: "save", by: null, spend: () => {} };

/** Most renderings that wait in one queue. */
const MAX_WAITING = 20;

/** Most of them that one account or network waits for: they leave places for others. */
const MAX_EACH: Readonly<Record<RenderQueueName, number>> = { save: 10, preview: 2, visit: 2 };

interface Waiting {
  readonly by: string | null;
  readonly start: () => void;
}

/** Admits one rendering at a time: the most urgent queue first, within one the callers in turn. */
export class RenderQueue {
  readonly #maxWaiting: number;
  readonly #waiting: Record<RenderQueueName, Waiting[]> = { save: [], preview: [], visit: [] };
  #isRunning = false;
  #last: string | null = null;

  constructor(maxWaiting = MAX_WAITING) {
    this.#maxWaiting = maxWaiting;
  }

  /**
   * Runs `work` when its turn comes.
   * @throws Problem `busy` at once if too many are waiting
   */
  async run<T>({ queue, by }: RenderTurn, work: () => Promise<T>): Promise<T> {
    if (this.#isRunning) await this.#wait(queue, by);
    this.#isRunning = true;
    this.#last = by;
    try {
      return await work();
    } finally {
      this.#next();
    }
  }

  #wait(queue: RenderQueueName, by: string | null): Promise<void> {
    const waiting = this.#waiting[queue];
    const own = by === null ? 0 : waiting.filter((other) => other.by === by).length;
    if (waiting.length >= this.#maxWaiting || own >= MAX_EACH[queue]) throw tooMany();
    return new Promise((start) => waiting.push({ by, start }));
  }

  /** Hands the turn over; it is never free in between. */
  #next(): void {
    for (const queue of renderQueues) {
      const waiting = this.#waiting[queue];
      const other = waiting.findIndex(({ by }) => by !== this.#last);
      const [next] = waiting.splice(Math.max(0, other), 1);
      if (next === undefined) continue;
      next.start();
      return;
    }
    this.#isRunning = false;
  }
}

function tooMany(): Problem {
  return new Problem("busy", text.tooMany, { retryAfterSeconds: 1 });
}
