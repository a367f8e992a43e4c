/** What visits by people are broken down by. Append only, never change: tables contain the numbers. */
export const dimensions = {
  referrer: 1,
  browser: 2,
  system: 3,
  device: 4,
  language: 5,
  country: 6,
  utm_source: 7,
  utm_medium: 8,
  utm_campaign: 9,
} as const;

export type Dimension = keyof typeof dimensions;

/** A value of a dimension, such as the host of a referrer. */
export interface DimensionValue {
  readonly dimension: Dimension;
  readonly text: string;
}

/** Id of all values of a dimension that are not kept apart. */
export const OTHERS = 0;

/** Values kept apart of a link, day and dimension; the rest is counted as `OTHERS`. */
export const VALUES_A_DAY = 100;

/** Values of a dimension that become known on one day, of all links: visitors choose them. */
export const NEW_VALUES_A_DAY = 1000;

export const dimensionNames = Object.keys(dimensions) as [Dimension, ...Dimension[]];

/** Something for each dimension. */
export function byDimension<Kind>(of: (dimension: Dimension) => Kind): Record<Dimension, Kind> {
  const entries = dimensionNames.map((dimension) => [dimension, of(dimension)] as const);
  return Object.fromEntries(entries) as Record<Dimension, Kind>;
}

/** Dimensions whose values are in lists of ours. */
const OWN: ReadonlySet<Dimension> = new Set(["browser", "system", "device"]);

/** Whether a value is known from the beginning; others only people make known. */
export function isOwnValue({ dimension, text }: DimensionValue): boolean {
  return text === "" || OWN.has(dimension);
}

/** What is not known of every visit: it has no row then, and is null in single visits. */
const OPTIONAL: ReadonlySet<Dimension> = new Set([
  "language",
  "country",
  "utm_source",
  "utm_medium",
  "utm_campaign",
]);

/** Whether a value says that nothing is known. */
export function isNotKnown({ dimension, text }: DimensionValue): boolean {
  return text === "" && OPTIONAL.has(dimension);
}

/** The dimension of a number; undefined for that of a newer version. */
export function dimensionAt(number: number): Dimension | undefined {
  return dimensionNames[number - 1];
}
