const DATE = /^(\d{4})(-?)(\d{2})\2(\d{2})/;
const TIME = /^.(\d{2})(?:(:?)(\d{2})(?:\2(\d{2})(?:[.,](\d{1,3})\d*)?)?)?/su;
const OFFSET = /^(?:Z|[+-]\d{2}(?::?\d{2})?)$/;

/**
 * Reads a time as the Python Trunk8 did (`datetime.fromisoformat`), in milliseconds since 1970 UTC; without an offset it
 * is in `zone`. Null for everything that it could not read, such as extra blanks.
 */
export function readOldTime(text: string, zone: string): number | null {
  const [date = "", year, , month, day] = DATE.exec(text) ?? [];
  if (date === "") return null;
  const [time = "", hour = "00", , minute = "00", second = "00", fraction = "0"] =
    TIME.exec(text.slice(date.length)) ?? [];
  const offset = text.slice(date.length + time.length);
  if (offset !== "" && (time === "" || !OFFSET.test(offset))) return null;
  // Temporal would read second 60 as 59.
  if (second === "60" || year === "0000") return null;
  return instantOf(`${year}-${month}-${day}T${hour}:${minute}:${second}.${fraction}`, offset, zone);
}

function instantOf(local: string, offset: string, zone: string): number | null {
  try {
    if (offset !== "") return Temporal.Instant.from(local + offset).epochMilliseconds;
    return Temporal.PlainDateTime.from(local).toZonedDateTime(zone).epochMilliseconds;
  } catch {
    return null;
  }
}
