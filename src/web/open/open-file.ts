import type { App } from "../../app.ts";
import type { Call } from "../../http/call.ts";
import { type Delivery, deliver, deliverByNginx } from "../../http/response/deliver-file.ts";
import { href } from "../../http/urls.ts";
import type { Content } from "../../links/link.ts";
import type { Opening } from "../../links/link-cache.ts";
import { Problem } from "../../problem.ts";
import { cacheControlOf, recordVisit } from "./live-link.ts";

/**
 * A file whose bytes are in memory, where nothing but its address was asked; else null. The link is live, and nobody
 * waits.
 */
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

/** `GET /<code>` of a file: its bytes, or what the request's conditions make of them. */
export async function openFile(call: Call, opening: Opening): Promise<Response> {
  const { app, request, settings } = call;
  const content = contentOf(opening);
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

/** The bytes that a link of a kind with bytes hands out. */
export function contentOf({ id, content }: Pick<Opening, "id" | "content">): Content {
  if (content !== null) return content;
  const cause = new Error(`Link ${id} has no bytes.`);
  throw new Problem("internal", "This file is damaged on our side.", { cause });
}

/** `?download=1` saves what would be shown; `?inline=1`, from the viewer, shows what would be saved, if it is inert. */
function isShown({ url: { searchParams } }: Call, { inline }: Opening): Delivery["inline"] {
  if (searchParams.get("download") === "1") return false;
  return inline || searchParams.get("inline") === "1";
}

/** Only what came through a proxy of ours can be answered by it. */
function isLeftToNginx({ settings, client }: Call): boolean {
  return settings["files.accelerate"] === "nginx" && client.isProxied;
}

/** @param size of the whole file, as nginx or we send it where no part was asked for */
function countDownload(app: App, request: Request, response: Response, size: number): void {
  if (request.method !== "GET") return;
  if (response.status === 200) app.metrics.countDownload(size);
  if (response.status === 206)
    app.metrics.countDownload(Number(response.headers.get("content-length")));
}

/** One opening is one visit: a HEAD and a later part of what is counted are none. */
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

/** Where nginx makes the parts, only what was asked for tells which. */
function isLaterPart({ headers }: Request): boolean {
  return /^bytes=(?!0-)/.test(headers.get("range") ?? "");
}

/** Whether it is worth finding out. */
function isMaybeAskedByViewer({ headers }: Request): boolean {
  return headers.get("referer")?.includes(href("view", { shortCode: "" })) ?? false;
}

/** The viewer was counted as it came. Whoever forges this header hides a visit of their own, no more. */
function isAskedByViewer({ request, params: { shortCode = "" } }: Call): boolean {
  const referrer = URL.parse(request.headers.get("referer") ?? "");
  return referrer?.pathname === href("view", { shortCode });
}
