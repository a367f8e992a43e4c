import type { App } from "../app.ts";
import type { Settings } from "../config/settings.ts";
import type { Handler } from "../http/call.ts";
import { isSiteHost } from "../http/contentorigin.ts";
import { locationValue, securityHeaders } from "../http/response.ts";
import type { Opening } from "../links/cache.ts";
import { standingOf } from "../links/link.ts";
import { openFile } from "./openfile.ts";
import { openWebPage } from "./openhtml.ts";
import { openDocument } from "./openpage.tsx";
import { findLive, recordVisit } from "./opening.ts";

/**
 * The hot path: the answer to `GET /<code>` where a live redirect of that code is at hand, else null.
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
  if (!isSiteHost(request.headers.get("host"), settings)) return null;
  const slash = url.indexOf("/", AFTER_SCHEME);
  const query = url.indexOf("?", slash);
  const code = query < 0 ? url.slice(slash + 1) : url.slice(slash + 1, query);
  const opening = app.links.cache.findNow(code);
  if (opening === undefined || opening === null || opening.kind !== "redirect") return null;
  const now = app.clock();
  if (standingOf(opening, now) !== "live") return null;
  if (method === "GET") recordVisit(app, request, opening, now);
  return redirect(opening, settings, isHttps);
}

/** `GET /:shortCode`: what a link answers. */
export const open: Handler = async (call) => {
  const { app, request, params, settings, client } = call;
  const opening = await findLive(app, params.shortCode ?? "");
  switch (opening.kind) {
    case "redirect":
      if (request.method === "GET") recordVisit(app, request, opening, app.clock());
      return redirect(opening, settings, client.isHttps);
    case "file":
      return await openFile(call, opening);
    case "markdown":
      return await openDocument(call, opening);
    case "html":
      return await openWebPage(call, opening);
  }
};

const AFTER_SCHEME = "https://".length;

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
