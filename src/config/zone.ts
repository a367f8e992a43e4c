import type { Settings } from "./settings.ts";

/** The IANA name of the zone in which times written without one are read: `app.timezone`, or the machine's. */
export function effectiveZone(settings: Pick<Settings, "app.timezone">): string {
  return settings["app.timezone"] || Intl.DateTimeFormat().resolvedOptions().timeZone;
}
