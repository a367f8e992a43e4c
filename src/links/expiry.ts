import { invalid } from "../problem.ts";
import { text as texts } from "./text.en.ts";

const SPAN = /^(\d{1,6})\s*(m|h|d|w)$/i;
const LOCAL = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?))?$/;
const UNIT_MS = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

/** Links may be set to expire up to the end of the year 9999. */
export const LATEST_EXPIRY = Date.UTC(9999, 11, 31, 23, 59, 59);

/** The first date there is: what is earlier cannot be written as a date. */
const FIRST_DATE = -8.64e15;

/** What a span counts from, and how a time without a zone is read. */
export interface ExpiryContext {
  /** Milliseconds since 1970 UTC. */
  readonly now: number;
  /** IANA name. */
  readonly zone: string;
}

/**
 * Parses when a link expires, as `parseTime` does; that must be in the future.
 * @throws Problem `invalid` on `field`
 */
export function parseExpiry(given: number | string, field: string, context: ExpiryContext): number {
  const at = parseTime(given, field, context);
  if (at <= context.now) throw invalid(field, texts.expiry.inThePast);
  return at;
}

/**
 * Parses a time of a link in milliseconds since 1970 UTC, given as that or as text: a span from now (`30m` `2h` `7d`
 * `2w`), or a date and time (ISO 8601; without an offset it is read in `zone`, a date alone means its first moment).
 * @throws Problem `invalid` on `field`
 */
export function parseTime(
  given: number | string,
  field: string,
  { now, zone }: ExpiryContext,
): number {
  const at =
    typeof given === "number"
      ? given
      : (spanFrom(given.trim(), now) ?? instantOf(given.trim(), zone));
  if (at === null || at < FIRST_DATE) throw invalid(field, texts.expiry.unreadable);
  if (at > LATEST_EXPIRY) throw invalid(field, texts.expiry.tooLate);
  return at;
}

/** `at` as the value of an `<input type="datetime-local">` in `zone`; seconds only where there are any. */
export function formatLocal(at: number, zone: string): string {
  const local = Temporal.Instant.fromEpochMilliseconds(at)
    .toZonedDateTimeISO(zone)
    .toPlainDateTime();
  const whole = local.second === 0 && local.millisecond === 0;
  return local.toString({ smallestUnit: whole ? "minute" : "second" });
}

function spanFrom(text: string, now: number): number | null {
  const [, count, unit] = SPAN.exec(text) ?? [];
  if (count === undefined || unit === undefined) return null;
  return now + Number(count) * UNIT_MS[unit.toLowerCase() as keyof typeof UNIT_MS];
}

function instantOf(text: string, zone: string): number | null {
  const [, date, time = "00:00"] = LOCAL.exec(text) ?? [];
  try {
    if (date === undefined) return Temporal.Instant.from(text).epochMilliseconds;
    return Temporal.PlainDateTime.from(`${date}T${time}`, { overflow: "reject" }).toZonedDateTime(
      zone,
    ).epochMilliseconds;
  } catch {
    return null;
  }
}
