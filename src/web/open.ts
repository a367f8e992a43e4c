import type { App } from "../app.ts";
import type { Settings } from "../config/settings.ts";
import type { Handler } from "../http/call.ts";
import { parseHost } from "../http/request.ts";
import { locationValue, securityHeaders } from "../http/response.ts";
import type { Opening } from "../links/cache.ts";
import { standingOf } from "../links/link.ts";
import { isStoredCode } from "../links/shortcode.ts";
import { Problem } from "../problem.ts";

/**
 * The hot path: the answer to `GET /<code>` where a live link of that code is at hand, else null.
 * Nothing here waits, and nothing is parsed twice.
 */
export function openAtOnce(
  app: App,
  request: Request,
  settings: Settings,
  isHttps: boolean,
): Response | null {
  const { method, url } = request;
  if (method !== "GET" && method !== "HEAD") return null;
  if (!isWellFormedHost(request.headers.get("host"))) return null;
  const slash = url.indexOf("/", AFTER_SCHEME);
  const query = url.indexOf("?", slash);
  const code = query < 0 ? url.slice(slash + 1) : url.slice(slash + 1, query);
  const opening = app.links.cache.findNow(code);
  if (opening === undefined || opening === null) return null;
  const now = app.clock();
  if (standingOf(opening, now) !== "live") return null;
  if (method === "GET") recordVisit(app, request, opening, now);
  return redirect(opening, settings, isHttps);
}

/** `GET /:shortCode`: what a link answers. */
export const open: Handler = async ({ app, request, params, settings, client }) => {
  const code = params.shortCode ?? "";
  const opening = isStoredCode(code) ? await app.links.cache.find(code) : null;
  if (opening === null) throw new Problem("not_found", "There is nothing at this address.");
  const now = app.clock();
  refuseUnlessLive(opening, now);
  if (request.method === "GET") recordVisit(app, request, opening, now);
  return redirect(opening, settings, client.isHttps);
};

const AFTER_SCHEME = "https://".length;

function refuseUnlessLive(opening: Opening, now: number): void {
  const standing = standingOf(opening, now);
  switch (standing) {
    case "live":
      return;
    case "expired":
      throw new Problem("gone", "This link has expired.");
    case "disabled":
      throw new Problem("gone", "This link has been switched off.");
  }
}

function recordVisit(app: App, { headers }: Request, opening: Opening, now: number): void {
  app.visits.record({
    linkId: opening.id,
    at: now,
    userAgent: headers.get("user-agent") ?? "",
    referrer: headers.get("referer") ?? "",
    purpose: headers.get("sec-purpose") ?? "",
  });
}

/** `no-cache`: also a 301 is asked for again each time, so that an edit is seen and every opening counted. */
const CACHING = "no-cache";

function redirect(opening: Opening, settings: Settings, isHttps: boolean): Response {
  const headers = {
    ...securityHeaders("link", { isHttps, settings }),
    "cache-control": CACHING,
    location: locationValue(opening.target),
  };
  return new Response(null, { status: opening.redirectStatus, headers });
}

/** The Host headers that were asked with, of which a site has few. */
const wellFormedHosts = new Set<string>();
const MOST_HOSTS = 1000;

function isWellFormedHost(header: string | null): boolean {
  if (header === null) return false;
  if (wellFormedHosts.has(header)) return true;
  if (parseHost(header) === null) return false;
  if (wellFormedHosts.size >= MOST_HOSTS) wellFormedHosts.clear();
  wellFormedHosts.add(header);
  return true;
}
