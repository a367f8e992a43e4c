const DATE = /^(\d{4})(-?)(\d{2})\2(\d{2})/;
/** An ISO week: `2026-W08-3`, `2026W083`, or its Monday: `2026-W08`. */
const WEEK_DATE = /^(\d{4})(-?)W(\d{2})(?:\2([1-7]))?/;
const TIME = /^.(\d{2})(?:(:?)(\d{2})(?:\2(\d{2})(?:[.,](\d{1,3})\d*)?)?)?/su;
const OFFSET = /^(?:Z|[+-]\d{2}(?::?\d{2})?)$/;

/**
 * Reads a time as the Python Trunk8 did (`datetime.fromisoformat`), in milliseconds since 1970 UTC; without an offset it
 * is in `zone`. Null for everything that it could not read, such as extra blanks.
 */
export function readOldTime(text: string, zone: string): number | null {
  const { date, day } = readDate(text) ?? {};
  if (date === undefined || day === undefined) return null;
  const [time = "", hour = "00", , minute = "00", second = "00", fraction = "0"] =
    TIME.exec(text.slice(date.length)) ?? [];
  const offset = text.slice(date.length + time.length);
  if (offset !== "" && (time === "" || !OFFSET.test(offset))) return null;
  // Temporal would read second 60 as 59.
  if (second === "60" || day.startsWith("0000")) return null;
  return instantOf(`${day}T${hour}:${minute}:${second}.${fraction}`, offset, zone);
}

/** The date at the beginning of a text, and as `YYYY-MM-DD`. */
function readDate(text: string): { readonly date: string; readonly day: string } | null {
  const [date = "", year, , month, day] = DATE.exec(text) ?? [];
  return date === "" ? readWeekDate(text) : { date, day: `${year}-${month}-${day}` };
}

function readWeekDate(text: string) {
  const [date = "", year = "", , week, day = "1"] = WEEK_DATE.exec(text) ?? [];
  if (date === "" || year === "0000") return null;
  const first = mondayOfFirstWeek(Number(year));
  const found = first.add({ weeks: Number(week) - 1, days: Number(day) - 1 });
  const isInYear =
    Number(week) > 0 && Temporal.PlainDate.compare(found, mondayOfFirstWeek(Number(year) + 1)) < 0;
  return isInYear ? { date, day: found.toString() } : null;
}

/** The 4th of January is always in the first week of its year (ISO 8601). */
function mondayOfFirstWeek(year: number): Temporal.PlainDate {
  const date = new Temporal.PlainDate(year, 1, 4);
  return date.subtract({ days: date.dayOfWeek - 1 });
}

function instantOf(local: string, offset: string, zone: string): number | null {
  try {
    if (offset !== "") return Temporal.Instant.from(local + offset).epochMilliseconds;
    return Temporal.PlainDateTime.from(local).toZonedDateTime(zone).epochMilliseconds;
  } catch {
    return null;
  }
}
