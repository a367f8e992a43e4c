import type { Settings } from "./settings.ts";

/** The IANA name of the zone in which times written without one are read: `app.timezone`, or the machine's. */
export function effectiveZone(settings: Pick<Settings, "app.timezone">): string {
  return settings["app.timezone"] || Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** Whether `name` is a time zone that the machine knows. An offset such as +01:00 is none: it knows no summer. */
export function isZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }) !== null;
  } catch {
    return false;
  }
}
