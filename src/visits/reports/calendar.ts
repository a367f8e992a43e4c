/** The past divided into whole days or months of a time zone. */
export interface Calendar {
  readonly unit: "day" | "month";
  /** When each begins, in milliseconds since 1970 UTC, oldest first; the last one is under way. */
  readonly starts: readonly number[];
}

/** With more days than this, months are reported. */
const MOST_DAYS = 62;

/** Today and the days before it, `count` in all. `zone` is an IANA name. */
export function lastDays(count: number, now: number, zone: string): Calendar {
  const today = dateOf(now, zone);
  const starts = Array.from({ length: count }, (_, at) =>
    startOf(today.subtract({ days: count - 1 - at }), zone),
  );
  return { unit: "day", starts };
}

/** From the day or the month of `since` until now: by the day while that is few of them. */
export function allSince(since: number, now: number, zone: string): Calendar {
  const first = dateOf(Math.min(since, now), zone);
  const today = dateOf(now, zone);
  const { days } = first.until(today, { largestUnit: "day" });
  return days < MOST_DAYS ? lastDays(days + 1, now, zone) : monthsBetween(first, today, zone);
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

/** Also where a day begins at one o'clock, since the clocks went forward at midnight. */
function startOf(date: Temporal.PlainDate, zone: string): number {
  return date.toZonedDateTime(zone).epochMilliseconds;
}
