import type { App } from "../../app.ts";
import type { Call } from "../../http/call.ts";
import { securityHeaders } from "../../http/response/security-headers.ts";
import type { Opening } from "../../links/cached-link.ts";
import { type LinkStatus, statusOf } from "../../links/link.ts";
import { isReserved, isStoredCode } from "../../links/short-code.ts";
import { locationOf } from "../../links/target/location.ts";
import { ownCodesIn } from "../../links/target/target.ts";
import { ownOrigins } from "../links/own-origins.ts";

/** Links of this site that lead from one fallback to the next; a longer chain is answered by our own page. */
const MOST_STEPS = 5;

/** Sends a visitor of a link that is over to its fallback; null where it has none that answers. */
export async function openFallback(
  call: Call,
  opening: Opening,
  status = statusOf(opening, call.app.clock()),
): Promise<Response | null> {
  if (status === "live" || status === "scheduled") return null;
  const fallback = await findFallback(call, opening);
  if (fallback === null) return null;
  const { settings, client } = call;
  const headers = {
    ...securityHeaders("link", { isHttps: client.isHttps, settings }),
    "cache-control": "no-cache",
    location: locationOf(fallback),
  };
  return new Response(null, { status: 302, headers });
}

/** A fallback that is a link of this site counts only while that link, or its own fallback, answers: no circles. */
async function findFallback(call: Call, opening: Opening): Promise<string | null> {
  const { app, settings } = call;
  let link = opening;
  for (let step = 0; step < MOST_STEPS; step++) {
    const fallback = link.fallbackUrl || settings["links.fallback_url"];
    if (fallback === "") return null;
    const [shortCode = ""] = ownCodesIn(fallback, ownOrigins(call));
    if (!isStoredCode(shortCode) || isReserved(shortCode)) return fallback;
    const next = await app.links.cache.find(shortCode);
    if (next === null) return null;
    if ((await statusNow(app, next)) === "live") return fallback;
    link = next;
  }
  return null;
}

/** With the visits that a limited link has left. */
async function statusNow(app: App, opening: Opening): Promise<LinkStatus> {
  const gate = opening.isGated ? await app.links.gates.find(opening.id) : null;
  const { startsAt, expiresAt, disabled } = opening;
  return statusOf({ startsAt, expiresAt, disabled, visitsLeft: gate?.visitsLeft }, app.clock());
}
