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
  const sums: [key: number, sum: number][] = [...beyond];
  for (let key = 0; key < byIndex.length; key++) {
    const sum = byIndex[key] ?? 0;
    if (sum !== 0) sums.push([key, sum]);
  }
  const total = sums.reduce((all, [, sum]) => all + sum, 0);
  sums.sort(([key, sum], [otherKey, other]) => other - sum || key - otherKey);
  const keys = sums.length;
  const rows = sums.slice(0, most).map(([key, sum]) => `[${place},${key},${bounded(sum)},${keys}]`);
  return [`[${place},null,${bounded(total)},${keys}]`, ...rows];
}

/** The largest count that a query returns: see `sumOfCounts`. */
function bounded(sum: number): number {
  return Math.min(sum, Number.MAX_SAFE_INTEGER);
}
