/** @jsxImportSource hono/jsx */
import { effectiveZone } from "../../config/zone.ts";
import type { Call } from "../../http/call.ts";

/** IANA name of the zone in which the caller reads and writes times. */
export function zoneOf({ user, settings }: Pick<Call, "user" | "settings">): string {
  return user?.timeZone ?? effectiveZone(settings);
}

/** A moment in the reader's zone, exact for programs. `at` in milliseconds since 1970 UTC. */
export function Time({ at, zone }: { at: number; zone: string }) {
  return <time datetime={new Date(at).toISOString()}>{formatterFor(zone).format(at)}</time>;
}

/** Making a formatter costs as much as a hundred uses of it. */
const formatters = new Map<string, Intl.DateTimeFormat>();

function formatterFor(zone: string): Intl.DateTimeFormat {
  const known = formatters.get(zone);
  if (known !== undefined) return known;
  const fresh = new Intl.DateTimeFormat("en-GB", {
    dateStyle: "medium",
    timeStyle: "short",
    timeZone: zone,
  });
  formatters.set(zone, fresh);
  return fresh;
}
