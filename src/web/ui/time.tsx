/** @jsxImportSource #markup */
import { formatRelative } from "../../text/format.ts";
import { intlLocale } from "../../text/language.ts";
import { text } from "./text.en.ts";

interface TimeProps {
  /** Milliseconds since 1970 UTC. */
  readonly at: number;
  /** IANA name of the reader's zone. */
  readonly zone: string;
  /** Time of the page; if given, the moment is shown as its distance from it: `3 days ago`. */
  readonly now?: number;
}

/** A moment in the reader's zone; to the second on hover, and as ISO 8601 for programs. */
export function Time({ at, zone, now }: TimeProps) {
  const { short, exact } = formattersFor(zone);
  return (
    <time datetime={new Date(at).toISOString()} title={exact.format(at)}>
      {now === undefined ? short.format(at) : formatDistance(at - now)}
    </time>
  );
}

const SECOND = 1000;
const steps = [
  ["year", 365 * 86_400 * SECOND],
  ["month", 30 * 86_400 * SECOND],
  ["day", 86_400 * SECOND],
  ["hour", 3600 * SECOND],
  ["minute", 60 * SECOND],
] as const;

/** Distance of a moment in words, from milliseconds, which are negative when it has passed: `in 2 hours`, `3 days ago`. */
export function formatDistance(ms: number): string {
  const [unit, length] = steps.find(([, length]) => Math.abs(ms) >= length) ?? [];
  if (unit !== undefined) return formatRelative(Math.trunc(ms / length), unit);
  return ms > 0 ? text.time.soon : text.time.now;
}

interface Formatters {
  readonly short: Intl.DateTimeFormat;
  readonly exact: Intl.DateTimeFormat;
}

/** Making a formatter costs as much as a hundred uses of it. */
const formatters = new Map<string, Formatters>();

function formattersFor(timeZone: string): Formatters {
  const locale = intlLocale();
  const key = `${locale} ${timeZone}`;
  const known = formatters.get(key) ?? {
    short: new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short", timeZone }),
    exact: new Intl.DateTimeFormat(locale, { dateStyle: "full", timeStyle: "long", timeZone }),
  };
  formatters.set(key, known);
  return known;
}
