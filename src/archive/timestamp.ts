/** Formats a time for file names: `YYYYMMDD_HHMMSS` in `zone`. */
export function stampOf(at: number, zone: string): string {
  const local = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone);
  const text = local.toPlainDateTime().toString({ smallestUnit: "second" });
  return text.replaceAll(/[-:]/g, "").replace("T", "_");
}

/** Formats a time in `zone` without naming the zone: the Python Trunk8 compares it with the machine's local time. */
export function localTime(at: number, zone: string): string {
  const local = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone);
  return local.toPlainDateTime().toString();
}
