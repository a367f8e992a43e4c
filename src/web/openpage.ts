import { LRUCache } from "lru-cache";
import type { User } from "../accounts/user.ts";
import type { Settings } from "../config/settings.ts";
import { isTheme, type Theme } from "../config/themes.ts";
import type { Call } from "../http/call.ts";
import { deliver } from "../http/deliver.ts";
import { identify } from "../http/guard.ts";
import { securityHeaders, usersPage } from "../http/response.ts";
import { href } from "../http/urls.ts";
import type { Opening } from "../links/cache.ts";
import type { Content } from "../links/link.ts";
import { brandHref, brandOf } from "./branding.ts";
import { type DocumentFrame, drawDocument } from "./documentpage.tsx";
import { contentOf } from "./openfile.ts";
import { recordVisit } from "./opening.ts";
import { ReadyPage } from "./readypage.ts";
import { assetHref } from "./static.ts";

/** `GET /<code>` of a Markdown link: the document's page, or with `?raw=1` its source. */
export async function openDocument(call: Call, opening: Opening): Promise<Response> {
  const content = contentOf(opening);
  const isRaw = call.url.searchParams.get("raw") === "1";
  const response = isRaw
    ? await deliverSource(call, content)
    : await showDocument(call, opening.title, content);
  const isOpened = response.status === 200 || response.status === 304;
  if (isOpened && call.request.method === "GET")
    recordVisit(call.app, call.request, opening, call.app.clock());
  return response;
}

/** Asked for again each time, so that an edit is seen and every opening counted. */
const FOR_ALL = "public, no-cache";
const FOR_ONE = "private, no-cache";

async function deliverSource(call: Call, content: Content): Promise<Response> {
  const bytes = await call.app.blobs.open(content);
  const source = { ...content, type: "text/plain; charset=utf-8" };
  return deliver(call.request, bytes, source, { call, inline: true, cacheControl: FOR_ALL });
}

async function showDocument(visit: Call, title: string, content: Content): Promise<Response> {
  const { app, client, request, settings, params } = visit;
  const call = { ...visit, ...(await identify(app, request, client)) };
  const frame = frameOf(call, { title, shortCode: params.shortCode ?? "" });
  const page = await readyPage(call, frame, content);
  if (typeof page === "string") return usersPage(page, "document", { call });
  return await page.answer(request, {
    ...securityHeaders("document", { isHttps: client.isHttps, settings }),
    "cache-control": call.user === null ? FOR_ALL : FOR_ONE,
    vary: call.user === null ? "accept-encoding" : "accept-encoding, cookie",
  });
}

/** Bytes of finished pages that one process keeps. */
const MOST_KEPT = 32_000_000;

/** Finished pages, by all they are made of. */
const finished = new LRUCache<string, ReadyPage>({
  maxSize: MOST_KEPT,
  sizeCalculation: ({ size }) => size + 1000,
});

/** The finished page; as mere text where only the source can be shown. */
async function readyPage(
  { app, settings }: Call,
  frame: DocumentFrame,
  content: Content,
): Promise<ReadyPage | string> {
  const options = renderOptions(settings);
  const key = `${content.sha256} ${content.modifiedAt} ${options.nofollow} ${JSON.stringify(frame)}`;
  const known = finished.get(key);
  if (known !== undefined) return known;
  const rendering = app.pages.render(content, options);
  const readSource = () => app.pages.readSource(content);
  const { html, isRendered } = await drawDocument(frame, rendering, readSource);
  if (!isRendered) return html;
  const page = new ReadyPage(html, content.modifiedAt);
  finished.set(key, page);
  return page;
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
