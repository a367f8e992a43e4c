import type { App } from "../app.ts";
import type { Settings } from "../config/settings.ts";
import type { Handler } from "../http/call.ts";

import { parseHost } from "../http/request.ts";
import { locationValue, securityHeaders } from "../http/response.ts";
import type { Opening } from "../links/cache.ts";
import { standingOf } from "../links/link.ts";
import { isStoredCode } from "../links/shortcode.ts";
import { Problem } from "../problem.ts";

/** What is needed to answer from memory, besides the request itself. */
export interface Doorway {
  readonly app: App;
  readonly settings: Settings;
  readonly isHttps: boolean;
}

/**
 * The hot path: the answer to `GET /<code>` where memory holds a live link of that code, else null.
 * Nothing here waits, and nothing is parsed twice.
 */
export function openFromMemory(
  request: Request,
  { app, settings, isHttps }: Doorway,
): Response | null {
  const { method, url } = request;
  if (method !== "GET" && method !== "HEAD") return null;
  if (!isWellFormedHost(request.headers.get("host"))) return null;
  const slash = url.indexOf("/", AFTER_SCHEME);
  const query = url.indexOf("?", slash);
  const opening = app.links.cache.peek(
    query < 0 ? url.slice(slash + 1) : url.slice(slash + 1, query),
  );
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

interface Prepared {
  readonly settings: Settings;
  readonly isHttps: boolean;
  readonly init: { readonly status: number; readonly headers: Record<string, string> };
}

const prepared = new WeakMap<Opening, Prepared>();

function redirect(opening: Opening, settings: Settings, isHttps: boolean): Response {
  const known = prepared.get(opening);
  if (known !== undefined && known.settings === settings && known.isHttps === isHttps) {
    return new Response(null, known.init);
  }
  const headers = {
    location: locationValue(opening.target),
    "cache-control": CACHING,
    ...securityHeaders("link", { isHttps, settings }),
  };
  const init = { status: opening.redirectStatus, headers };
  prepared.set(opening, { settings, isHttps, init });
  return new Response(null, init);
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
