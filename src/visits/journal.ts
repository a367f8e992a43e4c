import { classify, type Visit, type Visitor } from "./visit.ts";

/** Visits kept while the database cannot take them; beyond it new ones are dropped and counted. */
const CAPACITY = 1_000_000;

/** Visits as columns: of each its link, its time, and the place of its kind of visitor in `visitors`. */
export interface Batch {
  readonly linkIds: number[];
  /** Milliseconds since 1970 UTC. */
  readonly times: number[];
  readonly places: number[];
  readonly visitors: Visitor[];
}

/** Visits on their way to the database: a visitor's request only appends here, and waits for nothing. */
export class Journal {
  #open = new OpenBatch();
  #unsaved: Batch[] = [];
  #unsavedVisits = 0;
  #dropped = 0;

  record(visit: Visit): void {
    if (this.#open.length + this.#unsavedVisits < CAPACITY) this.#open.add(visit);
    else this.#dropped++;
  }

  /** Everything recorded until now, oldest first; what cannot be saved comes back by `putBack`. */
  takeAll(): Batch[] {
    const batches = [...this.#unsaved, ...(this.#open.length > 0 ? [this.#open.batch] : [])];
    this.#open = new OpenBatch();
    this.#unsaved = [];
    this.#unsavedVisits = 0;
    return batches;
  }

  putBack(batches: readonly Batch[]): void {
    this.#unsaved = [...batches, ...this.#unsaved];
    for (const { linkIds } of batches) this.#unsavedVisits += linkIds.length;
  }

  /** How many visits were dropped since this was last asked. */
  takeDropped(): number {
    const dropped = this.#dropped;
    this.#dropped = 0;
    return dropped;
  }
}

/** A batch that grows. The same three headers are read once in it, and none is kept. */
class OpenBatch {
  readonly batch: Batch = { linkIds: [], times: [], places: [], visitors: [] };
  readonly #byHeaders = new Map<string, Map<string, number>>();
  readonly #byVisitor = new Map<string, number>();

  get length(): number {
    return this.batch.linkIds.length;
  }

  add(visit: Visit): void {
    this.batch.linkIds.push(visit.linkId);
    this.batch.times.push(visit.at);
    this.batch.places.push(this.#placeOf(visit));
  }

  #placeOf(visit: Visit): number {
    const ofAgent = this.#byHeaders.get(visit.userAgent);
    // A purpose is rare and a referrer has no blank, so the two make one key.
    const key = visit.purpose === "" ? visit.referrer : `${visit.purpose} ${visit.referrer}`;
    const known = ofAgent?.get(key);
    if (known !== undefined) return known;
    const place = this.#addVisitor(classify(visit));
    if (ofAgent === undefined) this.#byHeaders.set(visit.userAgent, new Map([[key, place]]));
    else ofAgent.set(key, place);
    return place;
  }

  #addVisitor(visitor: Visitor): number {
    const key = JSON.stringify(visitor);
    const known = this.#byVisitor.get(key);
    if (known !== undefined) return known;
    this.#byVisitor.set(key, this.batch.visitors.length);
    return this.batch.visitors.push(visitor) - 1;
  }
}
