import type { Call } from "../../http/call.ts";
import { contentOrigin } from "../../http/content-origin.ts";
import { type Delivery, deliver } from "../../http/response/deliver-file.ts";
import { securityHeaders } from "../../http/response/security-headers.ts";
import { href } from "../../http/urls.ts";
import type { Opening } from "../../links/cached-link.ts";
import { NO_HOSTS } from "../../links/options/embed-hosts.ts";
import { embeddersOf } from "./frame/embedders.ts";
import { frameAround, pageSource } from "./frame/frame-around.tsx";
import { deliverFramed } from "./frame/framed-page.ts";
import { FRAME_VARY, framesPages, isInFrame, isNavigation, isOfFrame } from "./frame/navigation.ts";
import { hasPassed } from "./gate/through-gate.ts";
import { cacheControlOf, contentOf, deliveredFrom, findLive, withoutMore } from "./live-link.ts";
import { recordPageVisit } from "./record-visit.ts";

/** `GET /<code>` of an HTML page: in a sandbox, in our frame where that is needed; or a redirect to the content host. */
export async function openHtmlPage(call: Call, opening: Opening): Promise<Response> {
  const origin = contentOrigin(call.settings);
  if (origin !== null && !opening.isGated) {
    const { shortCode = "" } = call.params;
    return redirectToHost(call, opening, origin + href("open", { shortCode }));
  }
  if (!(await isFramed(call, opening))) return await showHtmlPage(call, opening, "hosted");
  if (isEmbedded(call, opening))
    return varied(await showHtmlPage(call, opening, "hosted"), ", referer");
  if (!isNavigation(call.request)) return varied(await showHtmlPage(call, opening, "hosted"));
  const response = varied(await frameAround(call, opening, pageSource(call)));
  // In a frame, it only asks for the whole window, and is counted there.
  if (!isInFrame(call.request)) recordPageVisit(call, opening, response);
  return response;
}

/** `GET /-/page/<code>`: the HTML page of that code, for our frame only. The page around it was counted. */
export async function openFramedPage(call: Call): Promise<Response> {
  const { pass = "", shortCode: asked = "" } = call.params;
  const { shortCode, opening } = await findLive(call.app, asked);
  const isShown =
    opening.kind === "html" &&
    !opening.isSite &&
    shortCode === asked &&
    (await isFramed(call, opening)) &&
    (await hasPassed(call, opening));
  if (!isShown || !(await isOfFrame(call, pass, shortCode))) return toPage(call, asked);
  return varied(
    await deliverHtmlPage(call, opening, { page: "hosted_framed", cacheControl: "no-cache" }),
  );
}

/** A gated page stays on this host, where the browser sends its passes. */
async function isFramed({ app, settings }: Call, { isGated }: Opening): Promise<boolean> {
  return isGated ? await app.accounts.users.areSeveral() : await framesPages({ app, settings });
}

/** To the address itself: of what was opened alone, and of files by an address relative to the page. */
function toPage(call: Call, shortCode: string): Response {
  const response = withoutMore(call, href("open", { shortCode }));
  response.headers.set("access-control-allow-origin", "*");
  return varied(response);
}

/**
 * Whether another website shows the page: its address bar names that website, so the page needs no frame of ours. In our
 * own frame, a page that went here asks for the whole window instead.
 */
export function isEmbedded({ request, settings, client }: Call, opening: Opening): boolean {
  if (!isInFrame(request) || embeddersOf(opening, settings) === NO_HOSTS) return false;
  return URL.parse(request.headers.get("referer") ?? "")?.origin !== client.origin;
}

function varied(response: Response, others = ""): Response {
  response.headers.append("vary", FRAME_VARY + others);
  return response;
}

/** To an address on the content host. */
export function redirectToHost(
  { app, client, settings, url }: Call,
  opening: Opening,
  address: string,
): Response {
  const headers = {
    ...securityHeaders("link", { isHttps: client.isHttps, settings }),
    "cache-control": cacheControlOf(opening, settings, app.clock()),
    location: address + url.search,
  };
  return new Response(null, { status: 302, headers });
}

/** Sends an HTML page and counts the visit. Never left to nginx, which would drop the headers of the sandbox. */
export async function showHtmlPage(
  call: Call,
  opening: Opening,
  page: NonNullable<Delivery["page"]>,
): Promise<Response> {
  const cacheControl = cacheControlOf(opening, call.settings, call.app.clock());
  const embedders = embeddersOf(opening, call.settings);
  const response = await deliverHtmlPage(call, opening, { page, cacheControl, embedders });
  recordPageVisit(call, opening, response);
  return response;
}

/** Sends the bytes of an HTML page, as the request's conditions ask. */
export async function deliverHtmlPage(
  call: Call,
  opening: Pick<Opening, "id" | "content" | "updatedAt">,
  options: Pick<Delivery, "page" | "cacheControl" | "embedders">,
): Promise<Response> {
  const { files, pages, clock } = call.app;
  const content = contentOf(call.app, opening);
  const bytes = await files.small.open(content);
  // A page in another encoding declares it itself, by its first bytes or in a meta element.
  const type = (await pages.isUtf8(content)) ? "text/html; charset=utf-8" : "text/html";
  const file = { ...deliveredFrom(opening, content), type };
  const shortCode = call.params.shortCode ?? "";
  const delivery = { call, inline: true, isShared: false, shortCode, now: clock(), ...options };
  if (options.page === "hosted_framed") return await deliverFramed(call, bytes, file, delivery);
  return deliver(call.request, bytes, file, delivery);
}
