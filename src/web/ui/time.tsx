/** @jsxImportSource hono/jsx */
import { effectiveZone } from "../../config/values/time-zone.ts";
import type { Call } from "../../http/call.ts";

/** IANA name of the zone in which the caller reads and writes times. */
export function zoneOf({ user, settings }: Pick<Call, "user" | "settings">): string {
  return user?.timeZone ?? effectiveZone(settings);
}

interface TimeProps {
  /** Milliseconds since 1970 UTC. */
  readonly at: number;
  /** IANA name of the reader's zone. */
  readonly zone: string;
  /** When the page is made; given, the moment is told by how far away it is: `3 days ago`. */
  readonly now?: number;
}

/** A moment in the reader's zone; to the second with the zone on hover, and exact for programs. */
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

const distances = new Intl.RelativeTimeFormat("en");

/** How far away a moment is in milliseconds, less than nothing when it has passed: `in 2 hours`, `3 days ago`. */
export function formatDistance(ms: number): string {
  const [unit, length] = steps.find(([, length]) => Math.abs(ms) >= length) ?? [];
  if (unit !== undefined) return distances.format(Math.trunc(ms / length), unit);
  return ms > 0 ? "in a moment" : "just now";
}

interface Formatters {
  readonly short: Intl.DateTimeFormat;
  readonly exact: Intl.DateTimeFormat;
}

/** Making a formatter costs as much as a hundred uses of it. */
const formatters = new Map<string, Formatters>();

function formattersFor(zone: string): Formatters {
  const known = formatters.get(zone);
  if (known !== undefined) return known;
  const fresh = {
    short: formatterFor({ dateStyle: "medium", timeStyle: "short", timeZone: zone }),
    exact: formatterFor({ dateStyle: "full", timeStyle: "long", timeZone: zone }),
  };
  formatters.set(zone, fresh);
  return fresh;
}

function formatterFor(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat("en-GB", options);
}
