import { DAY_MS, dayNumber, dayOf, QUARTER_MS } from "../quarter.ts";

/** What a bar of a chart stands for. */
export const units = ["hour", "day", "week", "month"] as const;
export type Unit = (typeof units)[number];

/** Part of the past, in bars of whole hours, days, weeks or months of a time zone. */
export interface Calendar {
  readonly zone: string;
  readonly unit: Unit;
  /** Beginning of each bar, in milliseconds since 1970 UTC, oldest first. */
  readonly starts: readonly number[];
  /** The first slot of each bar: its first quarter hour, or where bars are no hours, its first day. */
  readonly slots: readonly number[];
  /** The first day and the last one, as days since 1970-01-01. */
  readonly firstDay: number;
  readonly lastDay: number;
  /** The quarter hours from the first one to before `endQuarter`. */
  readonly firstQuarter: number;
  readonly endQuarter: number;
  /** Whether the first bar also stands for everything before it, whatever the first day is. */
  readonly includesOlder: boolean;
}

/** Most months of a calendar, whatever time it is to begin at: older ones are part of the first. */
export const MAX_MONTHS = 240;

/** Most bars of a calendar. */
const MAX_BARS = 390;

const HOUR_MS = 3_600_000;

/** Days of a range from which on its bars are days, weeks and months, if nothing else was asked for. */
const FIRST_WITH = { day: 3, week: 94, month: 391 } as const;

/** All time is shown by months from so many days on. */
const MONTHS_OF_ALL = 63;

export interface CalendarParts {
  readonly zone: string;
  readonly now: number;
  readonly firstDay: number;
  readonly lastDay: number;
  /** Null: what fits the length. */
  readonly unit: Unit | null;
}

/** Returns the bars of some days; null where they would be too many. */
export function calendarOf({ zone, now, firstDay, lastDay, unit }: CalendarParts): Calendar | null {
  const chosen = unit ?? unitOf(lastDay - firstDay + 1);
  const bars = chosen === "hour" ? hoursOf : daysOf;
  const found = bars({ zone, now, firstDay, lastDay, unit: chosen });
  if (found === null) return null;
  return {
    zone,
    unit: chosen,
    ...found,
    firstDay,
    lastDay,
    firstQuarter: quarterAt(startOfDay(firstDay, zone)),
    endQuarter: quarterAt(startOfDay(lastDay + 1, zone)),
    includesOlder: false,
  };
}

/** Returns the days since the first one, or the months if these are too many, of which there are at most `MAX_MONTHS`. */
export function allSince(
  firstDay: number,
  { zone, now, unit }: Pick<CalendarParts, "zone" | "now" | "unit">,
): Calendar {
  const lastDay = dayOf(now, zone);
  const least = dayNumber(
    dateAt(lastDay)
      .with({ day: 1 })
      .subtract({ months: MAX_MONTHS - 1 }),
  );
  const first = Math.min(Math.max(firstDay, least), lastDay);
  const days = lastDay - first + 1;
  const fitting = days < MONTHS_OF_ALL ? "day" : "month";
  const asked = { zone, now, firstDay: first, lastDay };
  const calendar = calendarOf({ ...asked, unit: unit ?? fitting });
  const found = calendar ?? (calendarOf({ ...asked, unit: "month" }) as Calendar);
  return { ...found, includesOlder: firstDay < least };
}

/** The bar that a slot falls into. */
export function barAt({ slots }: Calendar, slot: number): number {
  let [low, high] = [0, slots.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((slots[middle] ?? 0) <= slot) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Beginning of a day: one o'clock where clocks go forward at midnight. */
export function startOfDay(day: number, zone: string): number {
  return dateAt(day).toZonedDateTime(zone).epochMilliseconds;
}

/** The date of a day as `2026-03-17`. */
export function isoDate(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

/** The day of a date such as `2026-03-17`; null: there is no such date. */
export function dayFrom(date: string): number | null {
  if (!/^\d{4}-\d\d-\d\d$/.test(date)) return null;
  const day = Date.parse(`${date}T00:00Z`) / DAY_MS;
  return Number.isInteger(day) && isoDate(day) === date ? day : null;
}

/** When the clocks of a zone had which distance from UTC, in quarter hours; the first one from the beginning on. */
export function offsetsOf({
  firstQuarter,
  endQuarter,
  zone,
}: Pick<Calendar, "firstQuarter" | "endQuarter" | "zone">): readonly {
  readonly from: number;
  readonly quarters: number;
}[] {
  let at: Temporal.ZonedDateTime | null = Temporal.Instant.fromEpochMilliseconds(
    firstQuarter * QUARTER_MS,
  ).toZonedDateTimeISO(zone);
  const offsets: { from: number; quarters: number }[] = [];
  while (at !== null && at.epochMilliseconds < endQuarter * QUARTER_MS) {
    const quarters = Math.floor(at.offsetNanoseconds / 1e6 / QUARTER_MS);
    if (offsets.at(-1)?.quarters !== quarters)
      offsets.push({ from: quarterAt(at.epochMilliseconds), quarters });
    at = at.getTimeZoneTransition("next");
  }
  return offsets;
}

function unitOf(days: number): Unit {
  if (days >= FIRST_WITH.month) return "month";
  if (days >= FIRST_WITH.week) return "week";
  return days >= FIRST_WITH.day ? "day" : "hour";
}

type BarsParts = CalendarParts & { readonly unit: Unit };
type Bars = Pick<Calendar, "starts" | "slots">;

/** By the hours that pass, so there are 23 or 25 where clocks change. */
function hoursOf({ zone, now, firstDay, lastDay }: BarsParts): Bars | null {
  if (lastDay - firstDay > MAX_BARS / 24) return null;
  const first = startOfDay(firstDay, zone);
  const end = Math.min(startOfDay(lastDay + 1, zone), Math.max(now, first) + 1);
  const count = Math.ceil((end - first) / HOUR_MS);
  const starts = Array.from({ length: count }, (_, at) => first + at * HOUR_MS);
  return { starts, slots: starts.map(quarterAt) };
}

/** The first day, and each day, Monday or first of a month after it. */
function daysOf({ zone, firstDay, lastDay, unit }: BarsParts): Bars | null {
  const days = [firstDay];
  for (let day = nextAfter(firstDay, unit); day <= lastDay; day = nextAfter(day, unit)) {
    if (days.push(day) > MAX_BARS) return null;
  }
  return { starts: days.map((day) => startOfDay(day, zone)), slots: days };
}

function nextAfter(day: number, unit: Unit): number {
  if (unit === "day") return day + 1;
  const date = dateAt(day);
  return unit === "week"
    ? day + 8 - date.dayOfWeek
    : dayNumber(date.with({ day: 1 }).add({ months: 1 }));
}

/** The date of a day. */
export function dateAt(day: number): Temporal.PlainDate {
  return Temporal.PlainDate.from(isoDate(day));
}

/** The first whole quarter hour since a moment. */
function quarterAt(at: number): number {
  return Math.ceil(at / QUARTER_MS);
}
