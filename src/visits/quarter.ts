/** Quarter hours since 1970 UTC: the days of every time zone begin with one. */
export const QUARTER_MS = 900_000;

export function quarterOf(at: number): number {
  return Math.floor(at / QUARTER_MS);
}

export const DAY_MS = 86_400_000;
export const QUARTERS_A_DAY = DAY_MS / QUARTER_MS;

/** The date at `at` in a time zone, as days since 1970-01-01. */
export function dayOf(at: number, zone: string): number {
  return dayNumber(
    Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).toPlainDate(),
  );
}

/** A date as days since 1970-01-01. */
export function dayNumber({
  year,
  month,
  day,
}: Pick<Temporal.PlainDate, "year" | "month" | "day">): number {
  return Math.floor(Date.UTC(year, month - 1, day) / DAY_MS);
}

/** Ids of single visits begin with their quarter, so that they are in the order of time. */
const VISITS_A_QUARTER = 2 ** 24;

/** The id of the visit with a number, from 0, in its quarter; null if it is one too many to be kept. */
export function visitIdOf(quarter: number, number: number): number | null {
  return number < VISITS_A_QUARTER ? firstVisitId(quarter) + number : null;
}

/** No visit since the quarter has a lower id. */
export function firstVisitId(quarter: number): number {
  return quarter * VISITS_A_QUARTER;
}

/** The quarter of the visit with an id. */
export function quarterOfVisit(id: number): number {
  return Math.floor(id / VISITS_A_QUARTER);
}
