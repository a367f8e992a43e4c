/** Keys below are added up in an array, which takes a third of the time of a map. */
const MAX_INDEX = 2 ** 20;

/** What is added up for each key of one place. */
interface Sums {
  /** By key; it grows with the largest one. */
  byIndex: Float64Array;
  readonly beyond: Map<number, number>;
}

interface State {
  /** For each place. */
  most: readonly number[] | null;
  readonly places: Sums[];
}

/**
 * The SQL aggregate `sums_by(most, count, key, ...)`: adds the count up by each of the keys, in one pass and without
 * sorting. Returns JSON: `[place, key, sum, keys]` for the largest sums of each place, as many as `most` says for each
 * of them (`"10 20"`), and one with the key null for the sum of all. See Dialect.sumsBy.
 */
export function sumsBy(inTime: () => unknown) {
  return {
    varargs: true,
    start: (): State => ({ most: null, places: [] }),
    step: (state: State, most: string, count: number, ...keys: (number | null)[]): State => {
      inTime();
      state.most ??= most.split(" ").map(Number);
      const { places } = state;
      for (let place = 0; place < keys.length; place++) {
        const key = keys[place];
        if (typeof key !== "number") continue;
        const sums = places[place] ?? none();
        places[place] = sums;
        add(sums, key, count);
      }
      return state;
    },
    result: ({ most, places }: State): string =>
      `[${places.flatMap((sums, place) => describe(sums, place, most?.[place] ?? 0)).join(",")}]`,
  };
}

function none(): Sums {
  return { byIndex: new Float64Array(64), beyond: new Map() };
}

function add(sums: Sums, key: number, count: number): void {
  if (key < 0 || key >= MAX_INDEX) sums.beyond.set(key, (sums.beyond.get(key) ?? 0) + count);
  else {
    if (key >= sums.byIndex.length) {
      const grown = new Float64Array(Math.min(MAX_INDEX, 2 ** Math.ceil(Math.log2(key + 1))));
      grown.set(sums.byIndex);
      sums.byIndex = grown;
    }
    sums.byIndex[key] = (sums.byIndex[key] ?? 0) + count;
  }
}

function describe({ byIndex, beyond }: Sums, place: number, most: number): string[] {
  const best = new Best(most);
  let total = 0;
  for (let key = 0; key < byIndex.length; key++) {
    const sum = byIndex[key] ?? 0;
    if (sum === 0) continue;
    total += sum;
    best.offer(key, sum);
  }
  for (const [key, sum] of beyond) {
    total += sum;
    best.offer(key, sum);
  }
  const { keys } = best;
  const rows = best.found().map(([key, sum]) => `[${place},${key},${bounded(sum)},${keys}]`);
  return [`[${place},null,${bounded(total)},${keys}]`, ...rows];
}

type KeySum = readonly [key: number, sum: number];

/** The largest sums of all that are offered: where there are many keys, sorting them all would take most of the time. */
class Best {
  /** How many were offered. */
  keys = 0;
  readonly #most: number;
  #some: KeySum[] = [];
  /** What is smaller is none of the largest. */
  #least = 0;

  constructor(most: number) {
    this.#most = most;
  }

  offer(key: number, sum: number): void {
    this.keys++;
    if (sum < this.#least) return;
    this.#some.push([key, sum]);
    if (this.#some.length >= 2 * this.#most + SPARE) this.#some = this.found();
  }

  found(): KeySum[] {
    const found = this.#some
      .sort(([key, sum], [otherKey, other]) => other - sum || key - otherKey)
      .slice(0, this.#most);
    if (found.length === this.#most) this.#least = found.at(-1)?.[1] ?? 0;
    return found;
  }
}

/** How many more are kept before they are sorted. */
const SPARE = 1000;

/** The largest count that a query returns: see `sumOfCounts`. */
function bounded(sum: number): number {
  return Math.min(sum, Number.MAX_SAFE_INTEGER);
}
