import type { Call, Handler } from "../../http/call.ts";
import { takeWork } from "../../http/caller/take-work.ts";
import { parseId } from "../../http/request/parse-id.ts";
import { isKnownTag } from "../../http/response/conditional.ts";
import { securityHeaders } from "../../http/response/security-headers.ts";
import { type Content, statusOf } from "../../links/link.ts";
import { isStoredCode } from "../../links/short-code.ts";
import { icons } from "../static/assets/icons.ts";
import { hasPassed } from "./gate/through-gate.ts";

/** `GET /-/thumb/<code>`: a thumbnail of a file; of a link that is not live or has a gate, for its owner only. */
export const thumbnail: Handler = async (call) => {
  const content = await findContent(call, call.params.shortCode ?? "");
  if (content === null) return iconInstead(call);
  const headers = headersFor(call);
  const etag = `"${content.sha256}-160"`;
  headers.set("etag", etag);
  if (isKnownTag(call.request, etag)) return new Response(null, { status: 304, headers });
  const drawn = await call.app.files.thumbnails.of(content, (costMs) => takeWork(call, costMs));
  if (drawn === "none") return iconInstead(call);
  headers.set("content-type", "image/webp");
  return new Response(drawn, { headers });
};

/** @throws Problem `not_found` where the caller may not see it */
async function findContent(call: Call, shortCode: string): Promise<Content | null> {
  const { app, actor, url } = call;
  const opening = isStoredCode(shortCode) ? await app.links.cache.find(shortCode) : null;
  const isPublic =
    opening !== null &&
    statusOf(opening, app.clock()) === "live" &&
    // A page of several pictures shows them to who has passed its gate.
    (!opening.isGated || (opening.kind === "collection" && (await hasPassed(call, opening))));
  const { id, content } = isPublic ? opening : await app.links.get(actor, shortCode);
  const file = url.searchParams.get("file");
  if (file === null) return content;
  return (await app.links.files.get(id, parseId(file) ?? 0))?.content ?? null;
}

/** A browser shows the image of a 404, too. */
function iconInstead(call: Call): Response {
  const headers = headersFor(call);
  headers.set("content-type", "image/svg+xml");
  return new Response(ICON, { status: 404, headers });
}

/** As large as the icons of other files, and grey: an image does not know the colour of the text around it. */
const ICON = icons.image
  .replace('viewBox="0 0 16 16"', 'viewBox="-5 -5 26 26"')
  .replace('fill="currentColor"', 'fill="#888"');

function headersFor({ client, settings }: Call): Headers {
  const headers = new Headers(securityHeaders("static", { isHttps: client.isHttps, settings }));
  headers.set("cache-control", "private, no-cache");
  return headers;
}
