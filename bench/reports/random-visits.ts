import { type Dimension, dimensionNames } from "../../src/visits/dimension.ts";
import { QUARTER_MS } from "../../src/visits/quarter.ts";
import { browserNames, deviceNames, systemNames } from "../../src/visits/user-agent.ts";
import { HUMAN, visitorClasses } from "../../src/visits/visit.ts";
import { seededDice } from "../seed/dice.ts";

/** Visits as columns of one length, in the order of their quarter hours; the same in every run. */
export interface RandomVisits {
  readonly linkIds: Int32Array;
  readonly quarters: Int32Array;
  /** Milliseconds within the quarter hour. */
  readonly ms: Int32Array;
  /** Indexes in `visitorClasses`. */
  readonly classes: Uint8Array;
  /** Numbers of visitors, from 1. */
  readonly visitors: Int32Array;
  /** Indexes in `valuesOf`, in the order of the dimensions. */
  readonly places: readonly Uint8Array[];
}

export interface VisitsOrder {
  readonly links: number;
  readonly count: number;
  readonly firstQuarter: number;
  readonly endQuarter: number;
}

/** How many visitors there are for a visit. */
const VISITORS = 0.25;

/** Shares of the classes, in their order. */
const SHARES = [0.8, 0.15, 0.04, 0.01];

/** Values that visitors choose, the first ones the most frequent. */
const COUNTS: Readonly<Partial<Record<Dimension, number>>> = {
  referrer: 200,
  language: 40,
  country: 120,
  utm_source: 30,
  utm_medium: 6,
  utm_campaign: 60,
};

/** The values of a dimension. */
export function valuesOf(dimension: Dimension): readonly string[] {
  const own = { browser: browserNames, system: systemNames, device: deviceNames };
  if (dimension in own) return own[dimension as keyof typeof own];
  return Array.from({ length: COUNTS[dimension] ?? 0 }, (_, at) => nameOf(dimension, at));
}

/** Spreads visits evenly over the time, and unevenly over links and values. */
export function makeVisits({ links, count, firstQuarter, endQuarter }: VisitsOrder): RandomVisits {
  const dice = seededDice(25);
  const [linkIds, quarters, ms] = [columnOf(count), columnOf(count), columnOf(count)];
  const [classes, visitors] = [new Uint8Array(count), columnOf(count)];
  const places = dimensionNames.map(() => new Uint8Array(count));
  const sizes = dimensionNames.map((name) => valuesOf(name).length);
  const perQuarter = count / (endQuarter - firstQuarter);
  for (let at = 0; at < count; at++) {
    quarters[at] = firstQuarter + Math.floor(at / perQuarter);
    ms[at] = Math.floor(dice() * QUARTER_MS);
    linkIds[at] = 1 + Math.floor(links * dice() ** 4);
    classes[at] = classOf(dice());
    visitors[at] = 1 + Math.floor(dice() * count * VISITORS);
    for (let place = 0; place < places.length; place++)
      (places[place] as Uint8Array)[at] = Math.floor((sizes[place] ?? 0) * dice() * dice());
  }
  return { linkIds, quarters, ms, classes, visitors, places };
}

function classOf(share: number): number {
  let rest = share;
  for (const [place, part] of SHARES.entries()) {
    rest -= part;
    if (rest < 0) return Math.min(place, visitorClasses.length - 1);
  }
  return HUMAN;
}

function nameOf(dimension: Dimension, at: number): string {
  if (dimension === "referrer") return `site-${at}.example`;
  return dimension === "country"
    ? String.fromCharCode(65 + Math.floor(at / 26), 65 + (at % 26))
    : `${dimension}-${at}`;
}

function columnOf(count: number): Int32Array {
  return new Int32Array(count);
}
