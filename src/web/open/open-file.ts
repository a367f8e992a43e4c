import type { App } from "../../app.ts";
import { typeForPages } from "../../files/media/media-type.ts";
import type { Call } from "../../http/call.ts";
import { contentOrigin } from "../../http/content-origin.ts";
import {
  type DeliveredFile,
  type Delivery,
  deliver,
  deliverByNginx,
} from "../../http/response/deliver-file.ts";
import { href } from "../../http/urls.ts";
import type { Opening } from "../../links/cached-link.ts";
import type { Content } from "../../links/link.ts";
import { embeddersOf } from "./frame/embedders.ts";
import { cacheControlOf, contentOf, deliveredFrom, type FoundLink } from "./live-link.ts";
import { recordVisit, type Visited } from "./record-visit.ts";

/** Answers with a file whose bytes are in memory, for a request of its plain address; else returns null. The link is live. */
export function openFileAtOnce(
  visited: Visited,
  shortCode: string,
  opening: Opening,
  isHttps: boolean,
): Response | null {
  const { app, request, settings } = visited;
  const { content, inline } = opening;
  if (content === null || settings["files.accelerate"] !== "") return null;
  if (request.headers.has("service-worker") || isMaybeAskedByViewer(request)) return null;
  const bytes = app.files.small.peek(content);
  if (bytes === null) return null;
  const now = app.clock();
  const response = deliver(request, bytes, deliveredFrom(opening, content), {
    call: { client: { isHttps }, settings },
    inline,
    isShared: contentOrigin(settings) === null,
    embedders: embeddersOf(opening, settings),
    shortCode,
    cacheControl: cacheControlOf(opening, settings, now),
    now,
  });
  tellDaysLeft(response, opening, now);
  countDownload(app, request, response, content.size);
  if (isVisit(request, response)) recordVisit(visited, opening, now);
  return response;
}

/** `GET /<code>` of a file: its bytes, as the request's conditions and ranges ask. */
export async function openFile(call: Call, found: FoundLink): Promise<Response> {
  const file = deliveredFrom(found.opening, contentOf(call.app, found.opening));
  return await sendFile(call, found, file, {
    isShared: contentOrigin(call.settings) === null,
  });
}

/** The same on the content host, where web pages use files as scripts and data. */
export async function openFileForPages(call: Call, found: FoundLink): Promise<Response> {
  const file = deliveredFrom(found.opening, contentOf(call.app, found.opening));
  return await sendFile(call, found, { ...file, type: typeForPages(file) }, { isShared: true });
}

/** Sends one of the files of a link; what a page of the link asks for is part of its visit. */
export async function sendPart(call: Call, found: FoundLink, content: Content): Promise<Response> {
  const file = deliveredFrom(found.opening, content);
  return await sendFile(call, found, file, {
    isShared: contentOrigin(call.settings) === null,
  });
}

/** Sends what a page of a site loads, as a script where it is one and may run: no visit of its own. */
export async function sendSiteFile(
  call: Call,
  found: FoundLink,
  content: Content,
  { isShared, isRun }: { readonly isShared: boolean; readonly isRun: boolean },
): Promise<Response> {
  const file = deliveredFrom(found.opening, content);
  const type = typeForPages(file);
  if (type === file.type) return await sendFile(call, found, file, { isShared });
  const asked = isRun ? { ...file, type } : file;
  const response = await sendFile(call, found, asked, { isShared, isOurs: true });
  response.headers.append("vary", "sec-fetch-site");
  return response;
}

interface Sending {
  /** Whether web pages of users may read it. */
  readonly isShared: boolean;
  /** Whether nginx would drop what the answer depends on. */
  readonly isOurs?: boolean;
}

async function sendFile(
  call: Call,
  { shortCode, opening }: FoundLink,
  file: DeliveredFile & Content,
  { isShared, isOurs = false }: Sending,
): Promise<Response> {
  const { app, request, settings } = call;
  const { isSite } = opening;
  const isLeft = isLeftToNginx(call) && !isOurs;
  const bytes = await (isLeft ? app.files.blobs : app.files.small).open(file);
  const now = app.clock();
  const delivery = {
    call,
    inline: isSite || isShown(call, opening),
    isShared,
    embedders: embeddersOf(opening, settings),
    shortCode,
    cacheControl: cacheControlOf(opening, settings, now),
    now,
  };
  const response = isLeft
    ? deliverByNginx(request, file.path, file, delivery)
    : deliver(request, bytes, file, delivery);
  tellDaysLeft(response, opening, now);
  countDownload(app, request, response, file.size);
  const isAsked = isAskedByViewer(call) || isAskedByCollection(call, opening);
  if (isVisit(request, response) && !isAsked && !isSite) recordVisit(call, opening, now);
  return response;
}

/** `?download=1` forces a download; `?inline=1`, from the viewer, shows an inert file that would be downloaded. */
function isShown({ url: { searchParams } }: Call, { inline }: Opening): Delivery["inline"] {
  if (searchParams.get("download") === "1") return false;
  return inline || searchParams.get("inline") === "1";
}

const DAY_MS = 86_400_000;

/** As transfer.sh says it; `throughGate` says how many downloads are left. */
function tellDaysLeft({ headers }: Response, { expiresAt }: Opening, now: number): void {
  if (expiresAt === null) return;
  headers.set("x-remaining-days", String(Math.ceil((expiresAt - now) / DAY_MS)));
}

/** Only a request that our proxy forwarded can be answered by it. */
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

/** Not a HEAD, and of several ranges only the first that is more than a probe. */
function isVisit(request: Request, { status, headers }: Response): boolean {
  if (request.method !== "GET") return false;
  switch (status) {
    case 200:
      // Where nginx cuts the ranges, only the request says which.
      return !headers.has("x-accel-redirect") || isFirstPart(request.headers.get("range"));
    case 206:
      return isFirstPart(headers.get("content-range"));
    case 304:
      return true;
    default:
      return false;
  }
}

/** Players request the first two bytes to learn whether ranges work, and then the file. */
function isFirstPart(range: string | null): boolean {
  const [, first, last, size] = /^bytes[= ](\d*)-(\d*)(?:\/(\d+))?/.exec(range ?? "") ?? [];
  if (first === undefined) return true;
  const isWhole = size !== undefined && Number(last) === Number(size) - 1;
  const isProbe = last === "0" || last === "1";
  return first === "0" && (isWhole || !isProbe);
}

/** Cheap test before `isAskedByViewer`. */
function isMaybeAskedByViewer({ headers }: Request): boolean {
  return headers.get("referer")?.includes(href("view", { shortCode: "" })) ?? false;
}

/** The viewer page was counted itself. A forged header can only hide a visit of its own sender. */
export function isAskedByViewer({
  request,
  params: { shortCode = "" },
}: Pick<Call, "request" | "params">): boolean {
  return referrerOf(request) === href("view", { shortCode });
}

/** The same of the page that lists the files of a collection. */
export function isAskedByCollection(call: Call, { kind }: Opening): boolean {
  const { shortCode = "" } = call.params;
  return kind === "collection" && referrerOf(call.request) === href("open", { shortCode });
}

function referrerOf({ headers }: Request): string {
  return URL.parse(headers.get("referer") ?? "")?.pathname ?? "";
}
