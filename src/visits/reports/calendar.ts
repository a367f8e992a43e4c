/** The past divided into whole days or months of a time zone. */
export interface Calendar {
  readonly unit: "day" | "month";
  /** Beginning of each, in milliseconds since 1970 UTC, oldest first; the last one is not over yet. */
  readonly starts: readonly number[];
}

/** Longer periods are reported by month. */
const MAX_DAYS = 62;

/** Returns the last `count` days including today. `zone` is an IANA name. */
export function lastDays(count: number, now: number, zone: string): Calendar {
  const today = dateOf(now, zone);
  const starts = Array.from({ length: count }, (_, at) =>
    startOf(today.subtract({ days: count - 1 - at }), zone),
  );
  return { unit: "day", starts };
}

/** Returns the days since `since`, or the months if these are too many. */
export function allSince(since: number, now: number, zone: string): Calendar {
  const first = dateOf(Math.min(since, now), zone);
  const today = dateOf(now, zone);
  const { days } = first.until(today, { largestUnit: "day" });
  return days < MAX_DAYS ? lastDays(days + 1, now, zone) : monthsBetween(first, today, zone);
}

function monthsBetween(
  first: Temporal.PlainDate,
  last: Temporal.PlainDate,
  zone: string,
): Calendar {
  const begin = first.with({ day: 1 });
  const { months } = begin.until(last.with({ day: 1 }), { largestUnit: "month" });
  const starts = Array.from({ length: months + 1 }, (_, at) =>
    startOf(begin.add({ months: at }), zone),
  );
  return { unit: "month", starts };
}

function dateOf(at: number, zone: string): Temporal.PlainDate {
  return Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).toPlainDate();
}

/** Beginning of a day: one o'clock where clocks go forward at midnight. */
function startOf(date: Temporal.PlainDate, zone: string): number {
  return date.toZonedDateTime(zone).epochMilliseconds;
}
