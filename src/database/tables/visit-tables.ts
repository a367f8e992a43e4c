import type { Generated } from "kysely";

/** Values of dimensions, each once. `OTHERS` (0) is no row. */
export interface VisitValueTable {
  id: Generated<number>;
  dimension: number;
  value: string;
  /** On which day since 1970 UTC it became known. */
  day: number;
}

/**
 * One opening, kept for `visits.retention_days`. Ids are in the order of the quarter hours, see quarter.ts: those of a
 * link are found by its quarter hours in `link_quarter`. What is not known is null.
 */
export interface VisitTable {
  id: number;
  link_id: number;
  /** Index in `visitorClasses`. */
  class: number;
  /** Milliseconds since the beginning of its quarter hour. */
  ms: number;
  referrer: number | null;
  browser: number | null;
  system: number | null;
  device: Generated<number | null>;
  language: Generated<number | null>;
  country: Generated<number | null>;
  utm_source: Generated<number | null>;
  utm_medium: Generated<number | null>;
  utm_campaign: Generated<number | null>;
}

/** How many single visits of a quarter hour have an id. */
export interface VisitSeriesTable {
  quarter: number;
  visits: number;
}

/** Openings rolled up, kept for ever. `quarter` counts quarter hours since 1970 UTC. */
export interface LinkQuarterTable {
  link_id: number;
  quarter: number;
  /** Index in `visitorClasses`. */
  class: number;
  visits: number;
}

/** The same of all links of an owner, also of those that are gone; owner 0 is everybody. */
export interface OwnerQuarterTable {
  owner_id: number;
  quarter: number;
  class: number;
  visits: number;
}

/** Openings by people of a day of `app.timezone`, by the values of a dimension; kept for ever. */
export interface LinkDayTable {
  link_id: number;
  dimension: number;
  /** Days since 1970-01-01. */
  day: number;
  value_id: number;
  visits: number;
}

export interface OwnerDayTable {
  owner_id: number;
  dimension: number;
  day: number;
  value_id: number;
  visits: number;
}

/** The secret key by which the visitors of a day are distinguished; on PostgreSQL only, and in no backup. */
export interface VisitorKeyTable {
  day: number;
  key: Uint8Array;
}

/** How many people opened a link on a day; the sketch that counts them is there until the day is over. */
export interface LinkUniqueTable {
  link_id: number;
  day: number;
  visitors: number;
  sketch: Uint8Array | null;
}

export interface OwnerUniqueTable {
  owner_id: number;
  day: number;
  visitors: number;
  sketch: Uint8Array | null;
}
