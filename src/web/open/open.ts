import type { Settings } from "../../config/settings.ts";
import type { Call, Handler } from "../../http/call.ts";
import { SiteHosts } from "../../http/content-origin.ts";
import { onePerApp } from "../../http/one-per-app.ts";
import { securityHeaders } from "../../http/response/security-headers.ts";
import { href } from "../../http/urls.ts";
import type { Opening } from "../../links/cached-link.ts";
import { statusOf } from "../../links/link.ts";
import { withVisitorQuery } from "../../links/options/forward-query.ts";
import { Problem } from "../../problem.ts";
import { isFurtherPage, openCollection } from "./collection/collection-page.tsx";
import { answerUnlessLive } from "./fallback.ts";
import { mustOpenFirst, throughGate } from "./gate/through-gate.ts";
import {
  cacheControlOf,
  type FoundLink,
  findLink,
  findLive,
  isNamedWithExtension,
  noLink,
  withoutMore,
} from "./live-link.ts";
import { openDocument, openDocumentAtOnce } from "./open-document.ts";
import { openFile, openFileAtOnce, openFileForPages } from "./open-file.ts";
import { openFramedPage, openHtmlPage, showHtmlPage } from "./open-html.ts";
import { recordVisit, type Visited } from "./record-visit.ts";
import { openSite, openSiteApart } from "./site/open-site.ts";
import { refuseServiceWorker } from "./site/service-worker.ts";
import { siteAddress } from "./site/site-address.ts";
import { text } from "./text.en.ts";

const siteHostsOf = onePerApp(() => new SiteHosts());

/**
 * The hot path: answers `GET /<code>` if a live redirect of that code, a document's page or a small file is in memory;
 * else returns null. Nothing here waits, and nothing is parsed twice.
 */
export function openAtOnce(visited: Visited, isHttps: boolean): Response | null {
  const { app, request, settings } = visited;
  const { method, url } = request;
  if (method !== "GET" && method !== "HEAD") return null;
  if (!siteHostsOf(app).has(request.headers.get("host"), settings)) return null;
  const slash = url.indexOf("/", AFTER_SCHEME);
  const query = url.indexOf("?", slash);
  const code = query < 0 ? url.slice(slash + 1) : url.slice(slash + 1, query);
  const opening = app.links.cache.findNow(code);
  if (opening === undefined || opening === null || opening.isGated) return null;
  const now = app.clock();
  if (statusOf(opening, now) !== "live") return null;
  if (opening.kind !== "redirect")
    return query < 0 ? openStoredAtOnce(visited, code, opening, isHttps) : null;
  if (method === "GET") recordVisit(visited, opening, now);
  const asked = query < 0 ? "" : url.slice(query + 1);
  return redirect(opening, settings, isHttps, now, asked);
}

function openStoredAtOnce(
  visit: Visited,
  shortCode: string,
  opening: Opening,
  isHttps: boolean,
): Response | null {
  switch (opening.kind) {
    case "markdown":
      return openDocumentAtOnce(visit, opening, isHttps);
    case "file":
      return openFileAtOnce(visit, shortCode, opening, isHttps);
    case "html":
    case "collection":
    case "redirect":
      return null;
  }
}

/** `GET /:shortCode`: opens a link. */
export const open: Handler = async (call) => {
  refuseServiceWorker(call.request);
  const asked = call.params.shortCode ?? "";
  const found = await findLink(call.app, asked);
  const { shortCode, opening } = found;
  // What is loaded for a gated site has a pass in its address, so the page itself needs no folder.
  const isGatedSite = opening.isGated && opening.isSite;
  if (shortCode !== asked && (isGatedSite || (await mustOpenFirst(call, found))))
    return withoutMore(call, href("open", { shortCode }));
  const page = isFurtherPage(call, found) ? "part" : "open";
  return await throughGate(call, found, page, () => openFound(call, found));
};

async function openFound(call: Call, found: FoundLink): Promise<Response> {
  const { shortCode, opening } = found;
  const { app, request, params, settings, client } = call;
  const elsewhere = await answerUnlessLive(call, opening);
  if (elsewhere !== null) return elsewhere;
  const { shortCode: asked = "" } = params;
  const isStart = opening.isSite && asked === `${shortCode}/`;
  const isAskedAsItIs = shortCode === asked || isStart || isNamedWithExtension(asked, found);
  if (opening.kind !== "redirect" && !isAskedAsItIs)
    return withoutMore(call, href("open", { shortCode }));
  switch (opening.kind) {
    case "redirect":
      if (request.method === "GET") recordVisit(call, opening, app.clock());
      return redirect(opening, settings, client.isHttps, app.clock(), call.url.search.slice(1));
    case "file":
      return await openFile(call, found);
    case "markdown":
      return await openDocument(call, opening);
    case "html":
      if (!opening.isSite) return await openHtmlPage(call, opening);
      if (isStart || opening.isGated) return await openSite(call, found, "");
      return withoutMore(call, siteAddress(shortCode, ""));
    case "collection":
      return await openCollection(call, opening);
  }
}

/** `GET /-/page/:shortCode`: what the frame around an HTML page shows. */
export const openFramed: Handler = async (call) => {
  refuseServiceWorker(call.request);
  call.app.limits.takeOpening(call.client.address);
  return await openFramedPage(call);
};

/**
 * `GET /:shortCode` and `/:shortCode/*` on the content host: an HTML page, or a file that such a page uses. No user is
 * signed in there.
 */
export async function openContent(call: Call): Promise<Response> {
  refuseServiceWorker(call.request);
  const { shortCode: asked = "", path } = call.params;
  const found = await findLive(call.app, asked);
  const { shortCode, opening } = found;
  if (path !== undefined && (!opening.isSite || shortCode !== asked)) throw noLink();
  // The browser sends passes to the site's own host only, which shows gated pages itself.
  if (opening.isGated) throw new Problem("not_found", text.problem.notFound);
  if (path !== undefined) return await openSiteApart(call, found, path);
  call.app.limits.takeOpening(call.client.address);
  if (opening.isSite && asked === `${shortCode}/`) return await openSiteApart(call, found, "");
  if (opening.isSite) return withoutMore(call, siteAddress(shortCode, ""));
  if (shortCode !== asked) return withoutMore(call, href("open", { shortCode }));
  switch (opening.kind) {
    case "file":
      return await openFileForPages(call, found);
    case "html":
      return await showHtmlPage(call, opening, "hosted_apart");
    case "redirect":
    case "markdown":
    case "collection":
      throw new Problem("not_found", text.problem.notFound);
  }
}

const AFTER_SCHEME = "https://".length;

function redirect(
  opening: Opening,
  settings: Settings,
  isHttps: boolean,
  now: number,
  query: string,
): Response {
  const headers = {
    ...securityHeaders("link", { isHttps, settings }),
    "cache-control": cacheControlOf(opening, settings, now),
    location: query === "" ? opening.location : locationWith(opening, settings, query),
  };
  return new Response(null, { status: opening.redirectStatus, headers });
}

function locationWith(opening: Opening, settings: Settings, query: string): string {
  const { location, forwardQuery } = opening;
  const isForwarded = forwardQuery ?? settings["links.forward_query"];
  return isForwarded && location !== "" ? withVisitorQuery(location, query) : location;
}
