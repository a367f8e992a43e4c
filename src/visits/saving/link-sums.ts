import type { Sums } from "../sum-table.ts";

/**
 * Sums by link and a second number of which all of a link are added one after the other, links in their order. There are
 * few of a link: to keep them in order takes a fraction of the time of a hash table and a sort of all.
 */
export class LinkSums {
  readonly #firsts: Float64Array;
  readonly #seconds: Float64Array;
  readonly #counts: Float64Array;
  /** Where those of the last link begin, and all end. */
  #begin = 0;
  #end = 0;

  /** @param most how often `add` is called at most */
  constructor(most: number) {
    this.#firsts = new Float64Array(most);
    this.#seconds = new Float64Array(most);
    this.#counts = new Float64Array(most);
  }

  add(first: number, second: number, count: number): void {
    if (this.#end === 0 || this.#firsts[this.#end - 1] !== first) this.#begin = this.#end;
    const at = this.#placeOf(second);
    if (at < this.#end && this.#seconds[at] === second) {
      this.#counts[at] = (this.#counts[at] ?? 0) + count;
      return;
    }
    if (at < this.#end) {
      this.#seconds.copyWithin(at + 1, at, this.#end);
      this.#counts.copyWithin(at + 1, at, this.#end);
    }
    this.#firsts[this.#end++] = first;
    this.#seconds[at] = second;
    this.#counts[at] = count;
  }

  /** All sums, in the order of both numbers. */
  sums(): Sums {
    return {
      firsts: this.#firsts.slice(0, this.#end),
      seconds: this.#seconds.slice(0, this.#end),
      counts: this.#counts.slice(0, this.#end),
      lasts: new Float64Array(this.#end),
    };
  }

  /** The place of a sum of the last link, or where it belongs. */
  #placeOf(second: number): number {
    let [low, high] = [this.#begin, this.#end];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#seconds[middle] ?? 0) < second) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
