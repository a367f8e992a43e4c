import { LRUCache } from "lru-cache";
import type { User } from "../../accounts/user.ts";
import type { Settings } from "../../config/settings.ts";
import { isTheme, type Theme } from "../../config/values/themes.ts";
import { authenticate } from "../../http/authenticate.ts";
import type { Call } from "../../http/call.ts";
import { deliver } from "../../http/response/deliver-file.ts";
import { usersPage } from "../../http/response/response.ts";
import { securityHeaders } from "../../http/response/security-headers.ts";
import { href } from "../../http/urls.ts";
import type { Content } from "../../links/link.ts";
import type { Opening } from "../../links/link-cache.ts";
import { assetHref } from "../static/asset.ts";
import { type BrandFile, brandHref, brandOf } from "../static/branding.ts";
import { type DocumentFrame, type Drawn, drawDocument } from "./document-page.tsx";
import { cacheControlOf, recordPageVisit } from "./live-link.ts";
import { contentOf } from "./open-file.ts";
import { ReadyPage } from "./rendered-page.ts";

/** `GET /<code>` of a Markdown link: the document's page, or with `?raw=1` its source. */
export async function openDocument(call: Call, opening: Opening): Promise<Response> {
  const content = contentOf(opening);
  const isRaw = call.url.searchParams.get("raw") === "1";
  const response = isRaw
    ? await deliverSource(call, opening, content)
    : await showDocument(call, opening, content);
  recordPageVisit(call, opening, response);
  return response;
}

/** What a document's page depends on, beside the link itself, for those who are not signed in. */
interface Ground {
  readonly settings: Settings;
  readonly isHttps: boolean;
  /** The Host header, which names the site where the settings do not. */
  readonly host: string | null;
  readonly icon: BrandFile | null;
  readonly styles: BrandFile | null;
}

/** Where the page lies that was made on this ground. */
interface ShortWay extends Ground {
  readonly key: string;
}

const shortWays = new WeakMap<Opening, ShortWay>();

/**
 * The page of a document for whoever brings no cookie, where it was made before and nothing has changed since; else
 * null. The link is live.
 */
export function openDocumentAtOnce(
  visit: Pick<Call, "app" | "request" | "settings">,
  opening: Opening,
  isHttps: boolean,
): Response | null {
  const { request } = visit;
  const way = shortWays.get(opening);
  if (way === undefined || request.headers.has("cookie")) return null;
  if (!isSameGround(way, groundOf(visit, isHttps))) return null;
  const page = finished.get(way.key);
  if (page === undefined) return null;
  const response = page.answer(request, headersForAll(opening, way, visit.app.clock()));
  recordPageVisit(visit, opening, response);
  return response;
}

function groundOf(
  { app, request, settings }: Pick<Call, "app" | "request" | "settings">,
  isHttps: boolean,
): Ground {
  const { icon, styles } = brandOf(app);
  return { settings, isHttps, host: request.headers.get("host"), icon, styles };
}

function isSameGround(one: Ground, other: Ground): boolean {
  return (
    one.settings === other.settings &&
    one.isHttps === other.isHttps &&
    one.host === other.host &&
    one.icon === other.icon &&
    one.styles === other.styles
  );
}

async function deliverSource(call: Call, opening: Opening, content: Content): Promise<Response> {
  const bytes = await call.app.blobs.open(content);
  const source = { ...content, type: "text/plain; charset=utf-8" };
  const cacheControl = cacheControlOf(opening, call.settings, call.app.clock());
  return deliver(call.request, bytes, source, { call, inline: true, cacheControl });
}

async function showDocument(visit: Call, opening: Opening, content: Content): Promise<Response> {
  const { app, client, request, settings, params } = visit;
  const call = { ...visit, ...(await authenticate(visit)) };
  const ground = groundOf(call, client.isHttps);
  const frame = frameOf(call, { title: opening.title, shortCode: params.shortCode ?? "" });
  const key = keyOf(frame, content, settings);
  const page = finished.get(key) ?? (await finish(call, frame, content, key));
  if (typeof page === "string") return usersPage(page, "document", { call });
  if (call.user !== null) return page.answer(request, headersForOne(ground));
  shortWays.set(opening, { ...ground, key });
  return page.answer(request, headersForAll(opening, ground, app.clock()));
}

function headersForAll(
  opening: Opening,
  { settings, isHttps }: Ground,
  now: number,
): Readonly<Record<string, string>> {
  return {
    ...securityHeaders("document", { isHttps, settings }),
    "cache-control": cacheControlOf(opening, settings, now),
    vary: "accept-encoding",
  };
}

function headersForOne({ settings, isHttps }: Ground): Readonly<Record<string, string>> {
  return {
    ...securityHeaders("document", { isHttps, settings }),
    "cache-control": "private, no-cache",
    vary: "accept-encoding, cookie",
  };
}

/** Bytes of finished pages that one process keeps. */
const MOST_KEPT = 32_000_000;

/** Finished pages, by all they are made of. */
const finished = new LRUCache<string, ReadyPage>({
  maxSize: MOST_KEPT,
  sizeCalculation: ({ size }) => size + 1000,
});

function keyOf(frame: DocumentFrame, content: Content, settings: Settings): string {
  const { nofollow } = renderOptions(settings);
  return `${content.sha256} ${content.modifiedAt} ${nofollow} ${JSON.stringify(frame)}`;
}

/** A document's page; as mere text where only the source can be shown. */
async function finish(
  call: Call,
  frame: DocumentFrame,
  content: Content,
  key: string,
): Promise<ReadyPage | string> {
  const { html, isRendered } = await drawStored(call, frame, content);
  if (!isRendered) return html;
  const page = await ReadyPage.make(html, content.modifiedAt);
  finished.set(key, page);
  return page;
}

/** The page of a stored document, made anew. */
export function drawStored(
  { app: { pages }, settings }: Call,
  frame: DocumentFrame,
  content: Content,
): Promise<Drawn> {
  const rendering = pages.render(content, renderOptions(settings));
  return drawDocument(frame, rendering, () => pages.readSource(content));
}

export function renderOptions(settings: Settings): { nofollow: boolean } {
  return { nofollow: settings["links.nofollow"] };
}

interface Framed {
  readonly title: string;
  /** Null for a document that is nowhere yet. */
  readonly shortCode: string | null;
}

/** What is around a document, for whoever looks at it. */
export function frameOf(call: Call, { title, shortCode }: Framed): DocumentFrame {
  const { settings, client, app, user } = call;
  const { icon, styles } = brandOf(app);
  return {
    theme: themeOf(user, settings),
    siteTitle: settings["app.title"],
    title,
    origin: client.origin,
    path: shortCode && href("open", { shortCode }),
    isIndexed: settings["links.indexed"],
    icon:
      icon === null
        ? { href: assetHref("icon.svg"), type: "image/svg+xml" }
        : { href: brandHref(icon), type: icon.type },
    styles: styles && brandHref(styles),
  };
}

/** The reader's own theme for documents, or the site's. */
function themeOf(user: User | null, settings: Settings): Theme {
  const own = user?.markdownTheme ?? "";
  return isTheme(own) ? own : settings["app.markdown_theme"];
}
