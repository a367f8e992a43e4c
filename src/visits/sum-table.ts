/** Length of the arrays at first. */
const FIRST_LENGTH = 1024;

/** Sums by two whole numbers, and when each was last added to. */
export interface Sums {
  readonly firsts: Float64Array;
  readonly seconds: Float64Array;
  readonly counts: Float64Array;
  readonly lasts: Float64Array;
}

/**
 * Sums by two whole numbers, in arrays with a hash table of their places: a Map of such keys takes several times as
 * long, and leaves garbage. The first number is below 2 ** 33, and there are at most 2 ** 20 different second ones.
 */
export class SumTable {
  #sums = arraysOf(FIRST_LENGTH);
  /** Place of an entry, plus one, at the hash of its numbers or after it. */
  #places = new Int32Array(2 * FIRST_LENGTH);
  #size = 0;

  /** Number of entries. */
  get size(): number {
    return this.#size;
  }

  /** Removes all entries; what had become too large is made smaller. */
  clear(): void {
    const { length } = this.#sums.firsts;
    if (length > FIRST_LENGTH && this.#size < length / 8) this.#resize(FIRST_LENGTH, 0);
    else if (this.#size > 0) this.#places.fill(0);
    this.#size = 0;
  }

  add(first: number, second: number, count: number, last: number): void {
    const place = this.#find(first, second);
    if (place < 0) {
      this.#append(first, second, count, last);
      return;
    }
    const { counts, lasts } = this.#sums;
    counts[place] = (counts[place] ?? 0) + count;
    if (last > (lasts[place] ?? 0)) lasts[place] = last;
  }

  /** All entries, in the order in which they were added; valid until the next change. */
  entries(): Sums {
    const { firsts, seconds, counts, lasts } = this.#sums;
    const to = this.#size;
    return {
      firsts: firsts.subarray(0, to),
      seconds: seconds.subarray(0, to),
      counts: counts.subarray(0, to),
      lasts: lasts.subarray(0, to),
    };
  }

  /** All entries, in the order of both numbers, in arrays of their own. */
  inOrder(): Sums {
    const { firsts, seconds } = this.entries();
    const ranked = Float64Array.from(new Set(seconds)).sort();
    const rankOf = new Map(Array.from(ranked, (second, rank) => [second, rank]));
    // A power of two, so that dividing by it is exact.
    const width = 2 ** Math.ceil(Math.log2(Math.max(1, ranked.length)));
    const keys = firsts.map((first, at) => first * width + (rankOf.get(seconds[at] ?? 0) ?? 0));
    keys.sort();
    const inOrder = arraysOf(keys.length);
    for (let at = 0; at < keys.length; at++) {
      const key = keys[at] ?? 0;
      const first = Math.floor(key / width);
      const second = ranked[key % width] ?? 0;
      const place = this.#find(first, second);
      inOrder.firsts[at] = first;
      inOrder.seconds[at] = second;
      inOrder.counts[at] = this.#sums.counts[place] ?? 0;
      inOrder.lasts[at] = this.#sums.lasts[place] ?? 0;
    }
    return inOrder;
  }

  /** The place of an entry; -1: there is none. */
  #find(first: number, second: number): number {
    const { firsts, seconds } = this.#sums;
    const mask = this.#places.length - 1;
    for (let slot = hash(first, second) & mask; ; slot = (slot + 1) & mask) {
      const place = (this.#places[slot] ?? 0) - 1;
      if (place < 0 || (firsts[place] === first && seconds[place] === second)) return place;
    }
  }

  #append(first: number, second: number, count: number, last: number): void {
    const { length } = this.#sums.firsts;
    if (this.#size === length) this.#resize(2 * length, length);
    const place = this.#size++;
    const { firsts, seconds, counts, lasts } = this.#sums;
    firsts[place] = first;
    seconds[place] = second;
    counts[place] = count;
    lasts[place] = last;
    this.#note(place);
  }

  #note(place: number): void {
    const { firsts, seconds } = this.#sums;
    const mask = this.#places.length - 1;
    let slot = hash(firsts[place] ?? 0, seconds[place] ?? 0) & mask;
    while (this.#places[slot] !== 0) slot = (slot + 1) & mask;
    this.#places[slot] = place + 1;
  }

  #resize(length: number, kept: number): void {
    const before = this.#sums;
    this.#sums = arraysOf(length);
    this.#places = new Int32Array(2 * length);
    for (const name of ["firsts", "seconds", "counts", "lasts"] as const)
      this.#sums[name].set(before[name].subarray(0, kept));
    for (let place = 0; place < kept; place++) this.#note(place);
  }
}

function arraysOf(length: number): Sums {
  return {
    firsts: new Float64Array(length),
    seconds: new Float64Array(length),
    counts: new Float64Array(length),
    lasts: new Float64Array(length),
  };
}

/** Odd numbers of many bits, as in hashes of integers elsewhere. */
const MIX = 0x9e3779b1;
const MIX_AGAIN = 0x85ebca6b;
const HIGH = 2 ** 31;

function hash(first: number, second: number): number {
  const mixed =
    Math.imul(first, MIX) ^ Math.imul(second ^ Math.imul(second / HIGH, MIX), MIX_AGAIN);
  return mixed ^ (mixed >>> 15);
}
