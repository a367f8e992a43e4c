import type { Call } from "../../../http/call.ts";
import { contentOrigin } from "../../../http/content-origin.ts";
import type { Delivery } from "../../../http/response/deliver-file.ts";
import { href } from "../../../http/urls.ts";
import type { Opening } from "../../../links/cached-link.ts";
import type { Content } from "../../../links/link.ts";
import { answerUnlessLive } from "../fallback.ts";
import { embeddersOf } from "../frame/embedders.ts";
import { frameAround } from "../frame/frame-around.tsx";
import {
  FRAME_VARY,
  framesPages,
  isInFrame,
  isNavigation,
  isOfFrame,
} from "../frame/navigation.ts";
import { cacheControlOf, type FoundLink, findLive, noLink, withoutMore } from "../live-link.ts";
import { sendSiteFile } from "../open-file.ts";
import { deliverHtmlPage, isEmbedded, redirectToHost } from "../open-html.ts";
import { recordPageVisit } from "../record-visit.ts";
import { findPlace, type SitePlace } from "./find-place.ts";
import { refuseServiceWorker } from "./service-worker.ts";
import { isOfSite, siteAddress, siteSource } from "./site-address.ts";
import { hasSitePass, mayRun } from "./site-pass.ts";

/**
 * `GET /:shortCode/` and `/:shortCode/*` of an HTML page of several files; of a gated one, `/:shortCode` is the first
 * page. Each page is isolated as one that is alone is.
 */
export async function openSite(call: Call, found: FoundLink, path: string): Promise<Response> {
  const { opening, shortCode } = found;
  const origin = contentOrigin(call.settings);
  if (origin !== null && !opening.isGated)
    return redirectToHost(call, opening, origin + siteAddress(shortCode, path));
  const place = await findPlace(call.app, opening, path);
  switch (place.is) {
    case "folder":
      return withoutMore(call, siteAddress(shortCode, `${path}/`));
    case "file":
      return await sendAsset(call, found, place.content, !opening.isGated);
    case "missing":
      throw noLink();
  }
  const isFramed = opening.isGated || (await framesPages(call));
  const isElsewhere = !opening.isGated && isEmbedded(call, opening);
  if (!isFramed || isElsewhere || !isNavigation(call.request))
    return varied(await showPage(call, found, { ...place, path }, "hosted"));
  const around = await frame(call, found, place, path);
  // In a frame, it only asks for the whole window, and is counted there.
  if (!isInFrame(call.request)) recordPageVisit(call, opening, around);
  return around;
}

async function frame(
  call: Call,
  found: FoundLink,
  { is }: Page,
  path: string,
  address?: string,
): Promise<Response> {
  const source = await siteSource(call, found, path);
  const around = varied(await frameAround(call, found.opening, source, address));
  return is === "not_found" ? withStatus(around, 404) : around;
}

/** `GET /:shortCode/*` of a site. */
export async function openSitePart(call: Call, found: FoundLink, path: string): Promise<Response> {
  return (await answerUnlessLive(call, found.opening)) ?? (await openSite(call, found, path));
}

/** The same on the content host. */
export async function openSiteApart(call: Call, found: FoundLink, path: string): Promise<Response> {
  const place = await findPlace(call.app, found.opening, path);
  switch (place.is) {
    case "folder":
      return withoutMore(call, siteAddress(found.shortCode, `${path}/`));
    case "file":
      return await sendAsset(call, found, place.content);
    case "missing":
      throw noLink();
    case "page":
    case "not_found":
      return await showPage(call, found, { ...place, path }, "hosted_apart");
  }
}

/** `GET /-/site/:pass/:shortCode/*`: a site in our frame, with all that its pages load. */
export async function openFramedSite(call: Call): Promise<Response> {
  refuseServiceWorker(call.request);
  const { pass = "", shortCode: asked = "", path = "" } = call.params;
  const found = await findLive(call.app, asked);
  const { shortCode, opening } = found;
  const isHere = opening.isGated || contentOrigin(call.settings) === null;
  const isShown = shortCode === asked && opening.isSite && isHere;
  if (!isShown || (opening.isGated && !(await hasSitePass(call, opening)))) return away(call);
  const place = await findPlace(call.app, opening, path);
  switch (place.is) {
    case "folder":
      return withoutMore(call, href("framedSite", { pass, shortCode, path: `${path}/` }));
    case "file":
      return isAlone(call) ? away(call) : await sendAsset(call, found, place.content);
    case "missing":
      if (isAlone(call)) return away(call);
      throw noLink();
    case "page":
    case "not_found":
      return await showFramed(call, found, place);
  }
}

/** Whether it is opened as a whole, as its headers say. */
function isAlone({ request }: Call): boolean {
  return request.headers.get("sec-fetch-dest") === "document";
}

async function showFramed(call: Call, found: FoundLink, place: Page): Promise<Response> {
  const { pass = "", path = "" } = call.params;
  const { app, client, request } = call;
  app.limits.takeOpening(client.address);
  // A script of the page reads another one.
  const isLoaded = request.headers.has("sec-fetch-dest") && !isNavigation(request);
  if (isLoaded) return varied(await sendPage(call, found, place, "hosted"));
  const [once = ""] = pass.split("~");
  if (await isOfFrame(call, once, `${found.shortCode}/${path}`))
    return varied(await sendPage(call, found, place, "hosted_framed"));
  // A link that left the frame: it goes on with the visit.
  return isNavigation(request)
    ? await frame(call, found, place, path, addressOf(call, found.opening))
    : away(call);
}

/** Where the page is opened as a whole. */
function addressOf({ params: { shortCode = "", path = "" } }: Call, { isGated }: Opening): string {
  return isGated && path === "" ? href("open", { shortCode }) : siteAddress(shortCode, path);
}

/** To the address itself, where the page is opened as a whole. */
function away(call: Call): Response {
  const { shortCode = "", path = "" } = call.params;
  const response = withoutMore(call, siteAddress(shortCode, path));
  response.headers.set("access-control-allow-origin", "*");
  return varied(response);
}

async function sendAsset(
  call: Call,
  found: FoundLink,
  content: Content,
  isShared = true,
): Promise<Response> {
  const isRun = await mayRun(call, found.opening);
  return await sendSiteFile(call, found, content, { isShared, isRun });
}

type Page = Extract<SitePlace, { readonly content: Content }>;
type PageHeaders = NonNullable<Delivery["page"]>;

async function showPage(
  call: Call,
  found: FoundLink,
  place: Page & { readonly path: string },
  page: PageHeaders,
): Promise<Response> {
  const response = await sendPage(call, found, place, page);
  // Going on from one page of a site to another belongs to the same visit.
  if (!isOfSite(call, found.shortCode, place.path)) recordPageVisit(call, found.opening, response);
  return response;
}

async function sendPage(
  call: Call,
  { opening, shortCode }: FoundLink,
  { is, content }: Page,
  page: PageHeaders,
): Promise<Response> {
  const { app, settings, request } = call;
  const { id, updatedAt } = opening;
  const named = { ...call, params: { shortCode } };
  const shown = { id, updatedAt, content };
  const embedders = embeddersOf(opening, settings);
  if (is !== "not_found") {
    const isKept = page !== "hosted_framed" || opening.isGated;
    const cacheControl = isKept ? cacheControlOf(opening, settings, app.clock()) : "no-cache";
    return await deliverHtmlPage(named, shown, { page, cacheControl, embedders });
  }
  const whole = { ...named, request: withoutConditions(request) };
  const cacheControl = opening.isGated ? "private, no-store" : "no-cache";
  const response = await deliverHtmlPage(whole, shown, { page, cacheControl, embedders });
  for (const name of ["etag", "last-modified", "accept-ranges"]) response.headers.delete(name);
  return withStatus(response, 404);
}

function withStatus({ body, headers }: Response, status: number): Response {
  return new Response(body, { status, headers });
}

const CONDITIONS = /^(?:range|if-.*)$/i;

function withoutConditions({ url, method, headers }: Request): Request {
  const kept = [...headers].filter(([name]) => !CONDITIONS.test(name));
  return new Request(url, { method, headers: Object.fromEntries(kept) });
}

function varied(response: Response): Response {
  response.headers.append("vary", `${FRAME_VARY}, referer`);
  return response;
}
