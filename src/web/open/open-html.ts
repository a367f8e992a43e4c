import type { Call } from "../../http/call.ts";
import { contentOrigin } from "../../http/content-origin.ts";
import { type Delivery, deliver } from "../../http/response/deliver-file.ts";
import { securityHeaders } from "../../http/response/security-headers.ts";
import { href } from "../../http/urls.ts";
import type { Opening } from "../../links/link-cache.ts";
import { cacheControlOf, recordPageVisit } from "./live-link.ts";
import { contentOf } from "./open-file.ts";

/**
 * `GET /<code>` of a web page: the document as it was uploaded, in a sandbox; or the way to the content host, which
 * shows and counts it.
 */
export async function openWebPage(call: Call, opening: Opening): Promise<Response> {
  const origin = contentOrigin(call.settings);
  if (origin === null) return await showWebPage(call, opening, "hosted");
  return leadTo(origin, call, opening);
}

function leadTo(
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

/** A web page where it runs, counted. Never left to nginx in front, which would drop the headers that keep it apart. */
export async function showWebPage(
  call: Call,
  opening: Opening,
  page: NonNullable<Delivery["page"]>,
): Promise<Response> {
  const cacheControl = cacheControlOf(opening, call.settings, call.app.clock());
  const response = await deliverWebPage(call, opening, { page, cacheControl });
  recordPageVisit(call, opening, response);
  return response;
}

/** A web page's bytes, as its conditions ask. */
export async function deliverWebPage(
  call: Call,
  opening: Pick<Opening, "id" | "content">,
  manner: Pick<Delivery, "page" | "cacheControl">,
): Promise<Response> {
  const { smallFiles, pages } = call.app;
  const content = contentOf(opening);
  const bytes = await smallFiles.open(content);
  // What is no UTF-8 says itself what it is, by its first bytes or in a meta element.
  const type = (await pages.isUtf8(content)) ? "text/html; charset=utf-8" : "text/html";
  return deliver(call.request, bytes, { ...content, type }, { call, inline: true, ...manner });
}
