import type { App } from "../../app.ts";
import type { Call } from "../../http/call.ts";
import { type Delivery, deliver, deliverByNginx } from "../../http/response/deliver-file.ts";
import { href } from "../../http/urls.ts";
import type { Opening } from "../../links/link-cache.ts";
import { cacheControlOf, contentOf, recordVisit } from "./live-link.ts";

/** Answers with a file whose bytes are in memory, for a request of its plain address; else returns null. The link is live. */
export function openFileAtOnce(
  { app, request, settings }: Pick<Call, "app" | "request" | "settings">,
  opening: Opening,
  isHttps: boolean,
): Response | null {
  const { content, inline } = opening;
  if (content === null || settings["files.accelerate"] !== "") return null;
  if (request.headers.has("service-worker") || isMaybeAskedByViewer(request)) return null;
  const bytes = app.smallFiles.peek(content);
  if (bytes === null) return null;
  const now = app.clock();
  const cacheControl = cacheControlOf(opening, settings, now);
  const delivery = { call: { client: { isHttps }, settings }, inline, cacheControl };
  const response = deliver(request, bytes, content, delivery);
  countDownload(app, request, response, content.size);
  if (isVisit(request, response)) recordVisit(app, request, opening, now);
  return response;
}

/** `GET /<code>` of a file: its bytes, as the request's conditions and ranges ask. */
export async function openFile(call: Call, opening: Opening): Promise<Response> {
  const { app, request, settings } = call;
  const content = contentOf(app, opening);
  const isLeft = isLeftToNginx(call);
  const bytes = await (isLeft ? app.blobs : app.smallFiles).open(content);
  const now = app.clock();
  const cacheControl = cacheControlOf(opening, settings, now);
  const delivery = { call, inline: isShown(call, opening), cacheControl };
  const response = isLeft
    ? deliverByNginx(content.path, content, delivery)
    : deliver(request, bytes, content, delivery);
  countDownload(app, request, response, content.size);
  if (isVisit(request, response) && !isAskedByViewer(call)) recordVisit(app, request, opening, now);
  return response;
}

/** `?download=1` forces a download; `?inline=1`, from the viewer, shows an inert file that would be downloaded. */
function isShown({ url: { searchParams } }: Call, { inline }: Opening): Delivery["inline"] {
  if (searchParams.get("download") === "1") return false;
  return inline || searchParams.get("inline") === "1";
}

/** Only a request that came through our proxy can be answered by it. */
function isLeftToNginx({ settings, client }: Call): boolean {
  return settings["files.accelerate"] === "nginx" && client.isProxied;
}

/** @param size of the whole file, which is sent unless a range was requested */
function countDownload(app: App, request: Request, response: Response, size: number): void {
  if (request.method !== "GET") return;
  if (response.status === 200) app.metrics.countDownload(size);
  if (response.status === 206)
    app.metrics.countDownload(Number(response.headers.get("content-length")));
}

/** A HEAD, or a later range of a file that was counted already, is not a visit. */
function isVisit(request: Request, { status, headers }: Response): boolean {
  if (request.method !== "GET") return false;
  switch (status) {
    case 200:
      return !(headers.has("x-accel-redirect") && isLaterPart(request));
    case 206:
      return headers.get("content-range")?.startsWith("bytes 0-") ?? false;
    case 304:
      return true;
    default:
      return false;
  }
}

/** Where nginx cuts the ranges, only the request says which. */
function isLaterPart({ headers }: Request): boolean {
  return /^bytes=(?!0-)/.test(headers.get("range") ?? "");
}

/** Cheap test before `isAskedByViewer`. */
function isMaybeAskedByViewer({ headers }: Request): boolean {
  return headers.get("referer")?.includes(href("view", { shortCode: "" })) ?? false;
}

/** The viewer page was counted itself. A forged header can only hide a visit of its own sender. */
function isAskedByViewer({ request, params: { shortCode = "" } }: Call): boolean {
  const referrer = URL.parse(request.headers.get("referer") ?? "");
  return referrer?.pathname === href("view", { shortCode });
}
