import type { App } from "../../app.ts";
import type { Call } from "../../http/call.ts";
import { ownOrigins } from "../../http/caller/own-origins.ts";
import { securityHeaders } from "../../http/response/security-headers.ts";
import type { Opening } from "../../links/cached-link.ts";
import { type LinkStatus, statusOf } from "../../links/link.ts";
import { isReserved, isStoredCode } from "../../links/short-code.ts";
import { locationOf } from "../../links/target/location.ts";
import { ownCodesIn } from "../../links/target/target.ts";
import { refuseUnlessLive } from "./live-link.ts";

/** Links of this site that lead from one to the next; a longer chain is answered by our own page. */
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

/**
 * What a request for a link that is not live is answered; null where it is live, and the request counted.
 * @throws Problem as `refuseUnlessLive`; `too_many`
 */
export async function answerUnlessLive(call: Call, opening: Opening): Promise<Response | null> {
  const { app, client } = call;
  const elsewhere = await openFallback(call, opening);
  if (elsewhere === null) refuseUnlessLive(app, opening);
  if (!opening.isGated) app.limits.takeOpening(client.address);
  return elsewhere;
}

/**
 * A fallback that is a link of this site counts only while that link, or its own fallback, answers, and does not lead
 * back to a link that is over.
 */
async function findFallback(call: Call, opening: Opening): Promise<string | null> {
  const over = [opening.id];
  let link = opening;
  for (let step = 0; step < MOST_STEPS; step++) {
    const fallback = fallbackOf(call, link);
    if (fallback === "") return null;
    const next = await findOwn(call, fallback);
    if (next === "elsewhere") return fallback;
    if (next === null) return null;
    if ((await statusNow(call.app, next)) === "live")
      return (await leadsBack(call, next, over)) ? null : fallback;
    over.push(next.id);
    link = next;
  }
  return null;
}

/** Whether the way of a visitor from a live link, by destinations and fallbacks, comes to one of the links `over`. */
async function leadsBack(call: Call, live: Opening, over: readonly number[]): Promise<boolean> {
  let link = live;
  for (let step = 0; step < MOST_STEPS; step++) {
    const isLive = (await statusNow(call.app, link)) === "live";
    const address = isLive ? link.location : fallbackOf(call, link);
    const next = address === "" ? null : await findOwn(call, address);
    if (next === null || next === "elsewhere") return false;
    if (over.includes(next.id)) return true;
    link = next;
  }
  return true;
}

function fallbackOf({ settings }: Call, { fallbackUrl }: Opening): string {
  return fallbackUrl || settings["links.fallback_url"];
}

/** The link of this site that an address means; null: there is none. */
async function findOwn(call: Call, address: string): Promise<Opening | "elsewhere" | null> {
  const codes = ownCodesIn(address, ownOrigins(call)).filter(isStoredCode);
  const own = codes.filter((code) => !isReserved(code));
  if (own.length === 0 || own.length < codes.length) return "elsewhere";
  for (const code of own) {
    const found = await call.app.links.cache.find(code);
    if (found !== null) return found;
  }
  return null;
}

/** With the visits that a limited link has left. */
async function statusNow(app: App, opening: Opening): Promise<LinkStatus> {
  const gate = opening.isGated ? await app.links.gates.find(opening.id) : null;
  const { startsAt, expiresAt, disabled } = opening;
  return statusOf({ startsAt, expiresAt, disabled, visitsLeft: gate?.visitsLeft }, app.clock());
}
