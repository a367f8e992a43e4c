/*
 * What takes too long for each change: `npm test` and `.ci/run` have a sample of it, `npm run nightly` has all. This list
 * is the only place that says what is left for the night. Samples are the same in every run.
 */

interface Sampled {
  /** The file whose tests it is part of. */
  readonly file: string;
  readonly what: string;
  /** How many of the items the normal run has. */
  readonly sample: number;
}

const sampled = {
  "axe-themes": {
    file: "test/journeys/axe.test.ts",
    what: "contrast on every page in a dark theme and a loud one",
    sample: 15,
  },
  "cut-theme": {
    file: "test/journeys/cut-theme.test.ts",
    what: "every page with the whole sheet of its theme",
    sample: 15,
  },
  fuzz: {
    file: "test/api/fuzz/fuzz.test.ts",
    what: "20,000 requests of the API, valid ones and broken neighbours",
    sample: 1000,
  },
  keyboard: {
    file: "test/journeys/keyboard.test.ts",
    what: "every page by Tab",
    sample: 25,
  },
  sums: {
    file: "test/visits/reports/sums-agree.test.ts",
    what: "1,000 random visits, prunings, restarts, crashes and moves, and all sums after each",
    sample: 25,
  },
  themes: {
    file: "test/journeys/themes.test.ts",
    what: "every theme at every width",
    sample: 8,
  },
} satisfies Record<string, Sampled>;

export type SampledName = keyof typeof sampled;

/** Set by `npm run nightly`. */
export const WHOLE = "TRUNK8_TEST_WHOLE";

/** All items in a nightly run, or else some from the first to the last. */
export function inThisRun<T>(name: SampledName, items: readonly T[]): readonly T[] {
  const { sample } = sampled[name];
  if (process.env[WHOLE] === "1" || items.length <= sample) return items;
  const step = (items.length - 1) / (sample - 1);
  const chosen = new Set(Array.from({ length: sample }, (_, at) => Math.round(at * step)));
  return items.filter((_, at) => chosen.has(at));
}

/** How many of so many trials this run makes. */
export function countInThisRun(name: SampledName, whole: number): number {
  return process.env[WHOLE] === "1" ? whole : sampled[name].sample;
}

/** The files that a nightly run has whole. */
export const nightlyFiles: readonly string[] = [
  ...new Set(Object.values(sampled).map(({ file }) => file)),
];
