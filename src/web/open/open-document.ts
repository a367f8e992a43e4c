import type { User } from "../../accounts/user.ts";
import type { Settings } from "../../config/settings.ts";
import { isTheme, type Theme } from "../../config/values/themes.ts";
import { authenticate } from "../../http/authenticate.ts";
import type { Call } from "../../http/call.ts";
import { renderOptions, renderTurn } from "../../http/caller/rendering.ts";
import { contentOrigin } from "../../http/content-origin.ts";
import { type DeliveredFile, deliver } from "../../http/response/deliver-file.ts";
import { usersPage } from "../../http/response/response.ts";
import { letEmbed, securityHeaders } from "../../http/response/security-headers.ts";
import { href } from "../../http/urls.ts";
import type { Opening } from "../../links/cached-link.ts";
import type { Content } from "../../links/link.ts";
import { MAX_READ } from "../../pages/pages.ts";
import type { RenderQueueName } from "../../pages/render-queue.ts";
import { currentLanguage } from "../../text/language.ts";
import { decodeUtf16 } from "../../text/text-encoding.ts";
import { brandHref, brandOf, siteIcon } from "../static/branding.ts";
import { type DocumentFrame, type Drawn, drawDocument } from "./document-page.tsx";
import { documentPagesOf, type PageContext } from "./document-pages.ts";
import { embeddersOf } from "./frame/embedders.ts";
import { cacheControlOf, contentOf, deliveredFrom } from "./live-link.ts";
import { recordPageVisit, type Visited } from "./record-visit.ts";
import { RenderedPage } from "./rendered-page.ts";

/** `GET /<code>` of a Markdown link: the document's page, or with `?raw=1` its source. */
export async function openDocument(call: Call, opening: Opening): Promise<Response> {
  const content = contentOf(call.app, opening);
  const isRaw = call.url.searchParams.get("raw") === "1";
  const response = isRaw
    ? await deliverSource(call, opening, content)
    : await showDocument(call, opening, content);
  recordPageVisit(call, opening, response);
  return response;
}

/**
 * The page of a document for a request without a cookie, if it was rendered before and nothing has changed since; else
 * null. The link is live.
 */
export function openDocumentAtOnce(
  visit: Visited,
  opening: Opening,
  isHttps: boolean,
): Response | null {
  const { app, request } = visit;
  if (request.headers.has("cookie")) return null;
  const context = contextOf(visit, isHttps);
  const page = documentPagesOf(app).findForVisitors(opening, context);
  if (page === undefined) return null;
  const now = app.clock();
  const response = page.answer(request, headersForAll(opening, context, now), now);
  recordPageVisit(visit, opening, response);
  return response;
}

function contextOf(
  { app, settings }: Pick<Call, "app" | "settings">,
  isHttps: boolean,
): PageContext {
  const { icon, styles } = brandOf(app);
  return { settings, isHttps, icon, styles };
}

async function deliverSource(call: Call, opening: Opening, content: Content): Promise<Response> {
  const { app, request, settings, params } = call;
  const { file, bytes } = await sourceOf(call, deliveredFrom(opening, content));
  const now = app.clock();
  return deliver(request, bytes, file, {
    call,
    inline: true,
    isShared: contentOrigin(settings) === null,
    embedders: embeddersOf(opening, settings),
    shortCode: params.shortCode ?? "",
    cacheControl: cacheControlOf(opening, settings, now),
    now,
  });
}

interface SentSource {
  readonly file: DeliveredFile;
  readonly bytes: Blob | Uint8Array<ArrayBuffer>;
}

/** A source as UTF-8; in an encoding that only a reader can recognize, the bytes as they are. */
async function sourceOf(
  { app: { pages, files } }: Call,
  stored: DeliveredFile & Content,
): Promise<SentSource> {
  const bytes = await files.blobs.open(stored);
  if (await pages.isUtf8(stored))
    return { file: { ...stored, type: "text/plain; charset=utf-8" }, bytes };
  const text = stored.size > MAX_READ ? null : decodeUtf16(await bytes.bytes());
  return text === null ? { file: { ...stored, type: "text/plain" }, bytes } : asUtf8(stored, text);
}

function asUtf8(stored: DeliveredFile, text: string): SentSource {
  const bytes = Buffer.from(text);
  const sha256 = new Bun.CryptoHasher("sha256").update(bytes).digest("hex");
  const type = "text/plain; charset=utf-8";
  return { file: { ...stored, size: bytes.byteLength, sha256, type }, bytes };
}

async function showDocument(visit: Call, opening: Opening, content: Content): Promise<Response> {
  const { app, client, request, settings, params } = visit;
  const call = { ...visit, ...(await authenticate(visit)) };
  const context = contextOf(call, client.isHttps);
  const { title, ownerTheme } = opening;
  const frame = frameOf(call, { title, ownerTheme, shortCode: params.shortCode ?? "" });
  const file = deliveredFrom(opening, content);
  const embedders = embeddersOf(opening, settings);
  const key = `${keyOf(frame, file, settings)} ${embedders}`;
  const pages = documentPagesOf(app);
  const page = pages.find(key) ?? (await renderPage(call, frame, file, { key, embedders }));
  if (typeof page === "string") return usersPage(page, "document", { call });
  const now = app.clock();
  if (call.user !== null) return page.answer(request, headersForUser(opening, context), now);
  pages.noteForVisitors(opening, context, key);
  return page.answer(request, headersForAll(opening, context, now), now);
}

function headersForAll(
  opening: Opening,
  { settings, isHttps }: PageContext,
  now: number,
): Readonly<Record<string, string>> {
  return {
    ...headersOf(opening, { isHttps, settings }),
    "cache-control": cacheControlOf(opening, settings, now),
    vary: "accept-encoding",
  };
}

/** The policy of a document, for the websites that may show it in a frame. */
function headersOf(opening: Opening, context: Pick<PageContext, "settings" | "isHttps">) {
  return letEmbed(securityHeaders("document", context), embeddersOf(opening, context.settings));
}

function headersForUser(
  opening: Opening,
  { settings, isHttps }: PageContext,
): Readonly<Record<string, string>> {
  return {
    ...headersOf(opening, { isHttps, settings }),
    "cache-control": "private, no-cache",
    vary: "accept-encoding, cookie",
  };
}

function keyOf(frame: DocumentFrame, content: Content, settings: Settings): string {
  const { nofollow } = renderOptions(settings);
  return `${content.sha256} ${content.modifiedAt} ${nofollow} ${JSON.stringify(frame)}`;
}

/** Renders a document's page; a string that is not cached where only the source can be shown. */
async function renderPage(
  call: Call,
  frame: DocumentFrame,
  content: Content,
  { key, embedders }: { readonly key: string; readonly embedders: string },
): Promise<RenderedPage | string> {
  const { html, isRendered } = await drawStored(call, frame, content, "visit");
  if (!isRendered) return html;
  const page = await RenderedPage.make(html, content.modifiedAt, embedders);
  documentPagesOf(call.app).add(key, page);
  return page;
}

/** Draws the page of a stored document. */
export function drawStored(
  call: Call,
  frame: DocumentFrame,
  content: Content,
  queue: RenderQueueName,
): Promise<Drawn> {
  const { app, settings } = call;
  const { pages } = app;
  const rendering = pages.render(content, renderOptions(settings), renderTurn(call, queue));
  return drawDocument(frame, rendering, () => pages.readSource(content));
}

interface Framed {
  readonly title: string;
  readonly ownerTheme: string | null;
  /** Null for a document that is not saved yet. */
  readonly shortCode: string | null;
}

/** The frame around a document, for the caller. */
export function frameOf(call: Call, { title, ownerTheme, shortCode }: Framed): DocumentFrame {
  const { settings, app, user } = call;
  const { styles } = brandOf(app);
  return {
    theme: themeOf(user, ownerTheme, settings),
    siteTitle: settings["app.title"],
    title,
    language: currentLanguage(),
    origin: settings["server.public_url"] || null,
    path: shortCode && href("open", { shortCode }),
    isIndexed: settings["links.indexed"],
    icon: siteIcon(app),
    styles: styles && brandHref(styles),
  };
}

/** The theme that the viewer has chosen for Markdown pages, else the owner, else the site. */
function themeOf(viewer: User | null, ownerTheme: string | null, settings: Settings): Theme {
  const chosen = [viewer?.markdownTheme ?? "", ownerTheme ?? ""].find(isTheme);
  return chosen ?? settings["app.markdown_theme"];
}
