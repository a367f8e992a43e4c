import type { Call } from "../../http/call.ts";
import { contentOrigin } from "../../http/content-origin.ts";
import { type Delivery, deliver } from "../../http/response/deliver-file.ts";
import { securityHeaders } from "../../http/response/security-headers.ts";
import { href } from "../../http/urls.ts";
import type { Opening } from "../../links/link-cache.ts";
import { cacheControlOf, contentOf, deliveredFrom, recordPageVisit } from "./live-link.ts";

/** `GET /<code>` of an HTML page: the page as uploaded, in a sandbox; or a redirect to the content host, which counts it. */
export async function openHtmlPage(call: Call, opening: Opening): Promise<Response> {
  const origin = contentOrigin(call.settings);
  if (origin === null) return await showHtmlPage(call, opening, "hosted");
  return redirectTo(origin, call, opening);
}

function redirectTo(
  origin: string,
  { app, client, params, settings, url }: Call,
  opening: Opening,
): Response {
  const headers = {
    ...securityHeaders("link", { isHttps: client.isHttps, settings }),
    "cache-control": cacheControlOf(opening, settings, app.clock()),
    location: origin + href("open", { shortCode: params.shortCode ?? "" }) + url.search,
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
  const response = await deliverHtmlPage(call, opening, { page, cacheControl });
  recordPageVisit(call, opening, response);
  return response;
}

/** Sends the bytes of an HTML page, as the request's conditions ask. */
export async function deliverHtmlPage(
  call: Call,
  opening: Pick<Opening, "id" | "content" | "updatedAt">,
  options: Pick<Delivery, "page" | "cacheControl">,
): Promise<Response> {
  const { files, pages, clock } = call.app;
  const content = contentOf(call.app, opening);
  const bytes = await files.small.open(content);
  // A page in another encoding declares it itself, by its first bytes or in a meta element.
  const type = (await pages.isUtf8(content)) ? "text/html; charset=utf-8" : "text/html";
  const file = { ...deliveredFrom(opening, content), type };
  const shortCode = call.params.shortCode ?? "";
  const delivery = { call, inline: true, isShared: false, shortCode, now: clock(), ...options };
  return deliver(call.request, bytes, file, delivery);
}
