/** A moment as names of archives have it: `YYYYMMDD_HHMMSS`, in the time of `zone`. */
export function stampOf(at: number, zone: string): string {
  const local = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone);
  const text = local.toPlainDateTime().toString({ smallestUnit: "second" });
  return text.replaceAll(/[-:]/g, "").replace("T", "_");
}

/** A moment in the time of `zone`, without saying so: the original compares it with the machine's own time. */
export function localTime(at: number, zone: string): string {
  const local = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone);
  return local.toPlainDateTime().toString();
}
