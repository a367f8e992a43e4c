import type { Visit } from "./visit.ts";

/** Visits kept while the database cannot take them; beyond it the newest are dropped and counted. */
const CAPACITY = 1_000_000;

/** Visits on their way to the database: a visitor's request only appends here, and waits for nothing. */
export class Journal {
  #visits: Visit[] = [];
  #dropped = 0;

  record(visit: Visit): void {
    if (this.#visits.length < CAPACITY) this.#visits.push(visit);
    else this.#dropped++;
  }

  /** Everything recorded until now; what cannot be saved comes back by `putBack`. */
  takeAll(): readonly Visit[] {
    const taken = this.#visits;
    this.#visits = [];
    return taken;
  }

  putBack(visits: readonly Visit[]): void {
    const room = CAPACITY - this.#visits.length;
    this.#dropped += Math.max(0, visits.length - room);
    this.#visits = [...visits.slice(0, room), ...this.#visits];
  }

  /** How many visits were dropped since this was last asked. */
  takeDropped(): number {
    const dropped = this.#dropped;
    this.#dropped = 0;
    return dropped;
  }
}
