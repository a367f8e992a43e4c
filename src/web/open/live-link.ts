import type { App } from "../../app.ts";
import type { Settings } from "../../config/settings.ts";
import type { Call } from "../../http/call.ts";
import { statusOf } from "../../links/link.ts";
import type { Opening } from "../../links/link-cache.ts";
import { isStoredCode } from "../../links/short-code.ts";
import { Problem } from "../../problem.ts";

/**
 * The live link of a code, for whoever asks.
 * @throws Problem `not_found`, or `gone` where it stands no more
 */
export async function findLive(app: App, shortCode: string): Promise<Opening> {
  const opening = isStoredCode(shortCode) ? await app.links.cache.find(shortCode) : null;
  if (opening === null) throw new Problem("not_found", "There is nothing at this address.");
  refuseUnlessLive(opening, app.clock());
  return opening;
}

function refuseUnlessLive(opening: Opening, now: number): void {
  const status = statusOf(opening, now);
  switch (status) {
    case "live":
      return;
    case "expired":
      throw new Problem("gone", "This link has expired.");
    case "disabled":
      throw new Problem("gone", "This link has been switched off.");
  }
}

/** Kept, but asked for again each time, so that an edit is seen and every opening counted; also a 301. */
const ASKED_AGAIN = "no-cache";

/** What was last made of `links.max_age_seconds`, which hardly ever changes. */
let kept = { seconds: 0, control: ASKED_AGAIN };

/** How long anybody may keep what a live link answers at `now`: as the settings say, and never beyond its expiry. */
export function cacheControlOf(
  { expiresAt }: Pick<Opening, "expiresAt">,
  settings: Settings,
  now: number,
): string {
  const seconds = settings["links.max_age_seconds"];
  if (seconds !== kept.seconds) kept = { seconds, control: controlFor(seconds) };
  if (seconds === 0 || expiresAt === null || expiresAt - now >= seconds * 1000) return kept.control;
  return controlFor(Math.floor((expiresAt - now) / 1000));
}

function controlFor(seconds: number): string {
  return seconds > 0 ? `public, max-age=${seconds}, must-revalidate` : ASKED_AGAIN;
}

/** Counts what was answered with a link's page: a HEAD is no visit, nor is what the conditions refuse. */
export function recordPageVisit(
  { app, request }: Pick<Call, "app" | "request">,
  opening: Opening,
  { status }: Response,
): void {
  const isOpened = status === 200 || status === 304;
  if (isOpened && request.method === "GET") recordVisit(app, request, opening, app.clock());
}

/** Counts one opening of a link, by what its request says of the visitor. */
export function recordVisit(app: App, { headers }: Request, opening: Opening, now: number): void {
  const place = app.visits.record({
    linkId: opening.id,
    at: now,
    userAgent: headers.get("user-agent") ?? "",
    referrer: headers.get("referer") ?? "",
    purpose: headers.get("sec-purpose") ?? "",
  });
  app.metrics.countAccess(opening.kind, place);
}
