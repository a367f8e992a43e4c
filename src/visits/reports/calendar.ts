import { LRUCache } from "lru-cache";

/** The past divided into whole days or months of a time zone. */
export interface Calendar {
  readonly unit: "day" | "month";
  /** Beginning of each, in milliseconds since 1970 UTC, oldest first; the last one is not over yet. */
  readonly starts: readonly number[];
  /** Whether the first one also stands for everything before it. */
  readonly includesOlder: boolean;
}

/** Longer periods are reported by month. */
const MAX_DAYS = 62;

/** Most months of a calendar, whatever time it is to begin at: older ones are part of the first. */
export const MAX_MONTHS = 240;

/** Longer than so many months: no earlier time needs to be a date, which those of before -271821 cannot be. */
const MAX_MONTHS_MS = (MAX_MONTHS + 1) * 31 * 86_400_000;

/** Returns the last `count` days including today. `zone` is an IANA name. */
export function lastDays(count: number, now: number, zone: string): Calendar {
  const key = `${count} ${zone}`;
  const known = recentDays.get(key);
  if (known !== undefined && known.from <= now && now < known.until) return known.calendar;
  const today = dateOf(now, zone);
  const starts = Array.from({ length: count }, (_, at) =>
    startOf(today.subtract({ days: count - 1 - at }), zone),
  );
  const calendar: Calendar = { unit: "day", starts, includesOlder: false };
  const until = startOf(today.add({ days: 1 }), zone);
  recentDays.set(key, { from: startOf(today, zone), until, calendar });
  return calendar;
}

/** Every page with a chart asks for the same days until midnight. */
const recentDays = new LRUCache<string, DaysOfToday>({ max: 500 });

interface DaysOfToday {
  /** Beginning and end of the day on which they are the last ones. */
  readonly from: number;
  readonly until: number;
  readonly calendar: Calendar;
}

/** Returns the days since `since`, or the months if these are too many, of which there are at most `MAX_MONTHS`. */
export function allSince(since: number, now: number, zone: string): Calendar {
  const first = dateOf(Math.min(Math.max(since, now - MAX_MONTHS_MS), now), zone);
  const today = dateOf(now, zone);
  const { days } = first.until(today, { largestUnit: "day" });
  return days < MAX_DAYS ? lastDays(days + 1, now, zone) : monthsBetween(first, today, zone);
}

function monthsBetween(
  first: Temporal.PlainDate,
  last: Temporal.PlainDate,
  zone: string,
): Calendar {
  const lastMonth = last.with({ day: 1 });
  const { months } = first.with({ day: 1 }).until(lastMonth, { largestUnit: "month" });
  const count = Math.min(months + 1, MAX_MONTHS);
  const starts = Array.from({ length: count }, (_, at) =>
    startOf(lastMonth.subtract({ months: count - 1 - at }), zone),
  );
  return { unit: "month", starts, includesOlder: count <= months };
}

function dateOf(at: number, zone: string): Temporal.PlainDate {
  return Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).toPlainDate();
}

/** Beginning of a day: one o'clock where clocks go forward at midnight. */
function startOf(date: Temporal.PlainDate, zone: string): number {
  return date.toZonedDateTime(zone).epochMilliseconds;
}
