import { effectiveZone } from "../../config/values/time-zone.ts";
import type { Call } from "../call.ts";

/** The time zone in which a caller reads and writes times. */
export function zoneOf({ user, settings }: Pick<Call, "user" | "settings">): string {
  return user?.timeZone ?? effectiveZone(settings);
}
