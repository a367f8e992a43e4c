import type { Dimension } from "../dimension.ts";
import type { Calendar } from "./calendar.ts";

/** Owner id of the sums of all owners in `owner_quarter` and `owner_day`; no user has it. */
export const ALL_OWNERS = 0;

/** Whose visits are reported. */
export type Subject =
  | { readonly of: "link"; readonly id: number }
  /** The links of an owner, also of those that are gone; `ALL_OWNERS`: of the site. */
  | { readonly of: "owner"; readonly id: number }
  /** The links that have one of these tags, without those in the trash. */
  | { readonly of: "tag"; readonly ids: readonly number[] };

/** Visits of one hour, day, week or month. */
export interface Bar {
  /** Its beginning, in milliseconds since 1970 UTC. */
  readonly from: number;
  readonly people: number;
  /** Crawlers, link previews and browsers that prefetch. */
  readonly machines: number;
  readonly bots: number;
  readonly previews: number;
  readonly prefetches: number;
  /** Sum of the unique visitors of each day; null where that is not known: of hours, and with a filter. */
  readonly unique: number | null;
}

export type Totals = Omit<Bar, "from">;

/**
 * Sums of the period before: of one that is not over, up to the same time. Unique visitors are known of whole days, so
 * today is left out of both periods; null: no day is over, or they are not known.
 */
export interface Before extends Totals {
  /** Those of the period itself, on as many days as `unique` has. */
  readonly uniqueSince: number | null;
}

/** Number of people with a common property. */
export interface Share {
  readonly value: string;
  readonly visits: number;
}

/** The most frequent values of a dimension, the most frequent first. */
export interface Ranking {
  readonly shares: readonly Share[];
  /** Visits by people with other values. */
  readonly others: number;
  /** Visits by people where the value is not known. */
  readonly unknown: number;
  /** Number of different values. */
  readonly values: number;
}

export interface Report {
  readonly calendar: Calendar;
  /** Oldest first; the last one may not be over yet. */
  readonly bars: readonly Bar[];
  /** Sums of all bars. */
  readonly totals: Totals;
  /** The period of the same length before; null: none, or not known. */
  readonly before: Before | null;
  readonly tables: Readonly<Partial<Record<Dimension, Ranking>>>;
  /** The first day that single visits reach, where the period began before it; null: all is counted. */
  readonly reachesFrom: number | null;
}
