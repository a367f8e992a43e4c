import { classify, type Visit, type Visitor } from "./visit.ts";

/** Visits kept while the database cannot take them; beyond it new ones are dropped and counted. */
const CAPACITY = 1_000_000;

/** Visits as columns: of each its link, its time, and the place of its kind of visitor in `visitors`. */
export interface Batch {
  readonly linkIds: Float64Array;
  /** Milliseconds since 1970 UTC. */
  readonly times: Float64Array;
  readonly places: Float64Array;
  readonly visitors: readonly Visitor[];
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
    const batches = [...this.#unsaved, ...(this.#open.length > 0 ? [this.#open.close()] : [])];
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

const FIRST_ROOM = 1024;

/** A batch that grows. The same three headers are read once in it, and none is kept after it. */
class OpenBatch {
  length = 0;
  #linkIds = new Float64Array(FIRST_ROOM);
  #times = new Float64Array(FIRST_ROOM);
  #places = new Float64Array(FIRST_ROOM);
  readonly #visitors: Visitor[] = [];
  readonly #byHeaders = new Map<string, Map<string, number>>();
  readonly #byVisitor = new Map<string, number>();

  add(visit: Visit): void {
    if (this.length === this.#linkIds.length) this.#grow();
    this.#linkIds[this.length] = visit.linkId;
    this.#times[this.length] = visit.at;
    this.#places[this.length] = this.#placeOf(visit);
    this.length++;
  }

  close(): Batch {
    return {
      linkIds: this.#linkIds.slice(0, this.length),
      times: this.#times.slice(0, this.length),
      places: this.#places.slice(0, this.length),
      visitors: this.#visitors,
    };
  }

  #grow(): void {
    this.#linkIds = doubled(this.#linkIds);
    this.#times = doubled(this.#times);
    this.#places = doubled(this.#places);
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
    this.#byVisitor.set(key, this.#visitors.length);
    return this.#visitors.push(visitor) - 1;
  }
}

function doubled(column: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const longer = new Float64Array(column.length * 2);
  longer.set(column);
  return longer;
}
