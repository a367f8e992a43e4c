import { LATEST_EXPIRY } from "../links/expiry.ts";

/**
 * The ranges of values that come with links from elsewhere: from archives, from the Python Trunk8's folder, and from a
 * links.toml. What a clock or a program may have got wrong is moved to the nearest end, so that no link is lost by it;
 * what only a forged archive has is refused.
 */

/** Earliest time of anything: before the first web page. */
const EARLIEST = Date.UTC(1990, 0, 1);

/** Clocks of two machines may differ. */
const AHEAD_MS = 86_400_000;

const HOUR_MS = 3_600_000;

/** Most visits of a link, in an hour and over all. */
export const MAX_VISITS = 1_000_000_000;

/** Most characters of a name: of a file, an entry, a user, a theme. */
export const MAX_NAME = 1024;

/** Most characters of any other text of a link; the rules for links are stricter. */
export const MAX_TEXT = 100_000;

/** Moves the time of something that has happened into the range. */
export function pastTime(at: number, now: number): number {
  return Math.min(Math.max(at, EARLIEST), now + AHEAD_MS);
}

/** Moves the time of an expiry into the range: as late as a form takes it. */
export function expiryTime(at: number): number {
  return Math.min(Math.max(at, EARLIEST), LATEST_EXPIRY);
}

/** Whether visits may have been counted in an hour since 1970 UTC: others are left out. */
export function isHourInRange(hour: number, now: number): boolean {
  return hour >= EARLIEST / HOUR_MS && hour <= (now + AHEAD_MS) / HOUR_MS;
}
