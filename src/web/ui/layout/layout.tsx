/** @jsxImportSource #markup */

import { darkThemes, isTheme, type Theme } from "../../../config/values/themes.ts";
import type { Call } from "../../../http/call.ts";
import { type Notice, takeNotice } from "../../../http/request/cookies.ts";
import { page } from "../../../http/response/response.ts";
import { href } from "../../../http/urls.ts";
import { timed } from "../../../telemetry/trace.ts";
import { currentLanguage, textDirection } from "../../../text/language.ts";
import { type AssetName, assetHref } from "../../static/asset.ts";
import { brandHref, brandOf, siteIcon } from "../../static/branding.ts";
import { type Child, html } from "../markup/markup.ts";
import { ImpersonationBanner } from "./impersonation-banner.tsx";
import { NoticeBox } from "./notice-box.tsx";
import { siteBar, siteFooter } from "./site-bar.ts";
import { text } from "./text.en.ts";
import { Warnings } from "./warnings.tsx";

export interface PageOptions {
  /** Title of the page in the browser's tab. */
  readonly title: string;
  /** Default 200; a page with another status leaves the notice for the next one. */
  readonly status?: number;
  readonly headers?: Headers;
  /** Whether the content may be as wide as the screen, as for a table with many columns. */
  readonly wide?: boolean;
  /** Scripts that this page needs. Those of signed-in users have the site's own as well. */
  readonly scripts?: readonly AssetName[];
  /** Styles that this page needs besides the site's own. */
  readonly sheets?: readonly AssetName[];
  /** Other elements of its head, such as Open Graph tags. */
  readonly head?: Child;
}

/** Responds with a page of the site around `content`. */
export async function show(call: Call, options: PageOptions, content: Child): Promise<Response> {
  const { status = 200, headers = new Headers() } = options;
  const notice = status === 200 ? takeNotice(call, headers) : null;
  const html = await timed("render", async () => layout({ call, options, notice }, content));
  return page(`${html}`, { call, status, headers });
}

interface PageHeadProps {
  readonly title: Child;
  /** Actions beside the heading. */
  readonly children?: Child;
}

/** The heading of a page, and its actions. */
export function PageHead({ title, children }: PageHeadProps) {
  return (
    <div class="page-head">
      <h1 class="h3 mb-0">{title}</h1>
      {children && <div class="page-actions">{children}</div>}
    </div>
  );
}

interface Frame {
  readonly call: Call;
  readonly options: PageOptions;
  readonly notice: Notice | null;
}

/** Templates, as most of an ordinary page is its frame, and a node for each element costs ten times as much. */
function layout(frame: Frame, content: Child) {
  const { call, options } = frame;
  return html`<!DOCTYPE html>
<html lang="${currentLanguage()}" dir="${textDirection()}"><head>${head(frame)}</head><body><a class="visually-hidden-focusable skip" href="#content">${text.skip}</a>${siteBar(call)}<main class="${options.wide ? "container-fluid" : "container"} py-4" id=content tabindex=-1>${remarks(frame)}${content}</main>${siteFooter(call)}<div class=visually-hidden aria-live=polite data-announcements></div></body></html>`;
}

/** What a page may say before its content. */
function remarks({ call, notice }: Frame): Child[] {
  return [
    ImpersonationBanner({ call }),
    Warnings({ call }),
    NoticeBox({ notice, origin: call.client.origin }),
  ];
}

function head(frame: Frame): Child {
  const { call, options } = frame;
  const theme = themeOf(call);
  const { styles } = brandOf(call.app);
  const scheme = darkThemes.has(theme) ? "dark" : "light";
  const scripts = scriptsOf(frame);
  const hasHtmx = scripts.includes("htmx.js");
  const own = [...(options.sheets ?? []).map(assetHref), ...(styles ? [brandHref(styles)] : [])];
  return html`<meta charset=utf-8><meta name=viewport content="width=device-width, initial-scale=1"><meta name=color-scheme content="${scheme}"><meta name=robots content=noindex>${hasHtmx && HTMX_CONFIG}<title>${options.title} | ${call.settings["app.title"]}</title>${options.head}${favicon(call)}<link rel=stylesheet href="${themeHref(theme)}" data-theme>${own.map(sheet)}${scripts.map(script)}`;
}

/**
 * htmx's own style element would violate our content security policy, and signed-in pages are not stored, so going back
 * loads the page again.
 */
const htmxConfig = JSON.stringify({ includeIndicatorCSS: false, history: "reload" });
const HTMX_CONFIG = html`<meta name=htmx-config content="${htmxConfig}">`;

function favicon(call: Call): Child {
  const { href: address, type } = siteIcon(call.app);
  return html`<link rel="icon" href="${address}" type="${type}"><link rel=apple-touch-icon href="${assetHref("icon192.png")}"><link rel=manifest href="${href("manifest")}">`;
}

const themeHref = (theme: Theme): string => assetHref(`${theme}-page.css`);

function sheet(address: string): Child {
  return html`<link rel=stylesheet href="${address}">`;
}

/** A visitor's page has none, unless it needs one; after signing out, the site's own removes drafts. */
function scriptsOf({ call, options: { scripts = [] }, notice }: Frame): readonly AssetName[] {
  const hasOwn = call.user !== null || scripts.length > 0 || notice?.code === "signed_out";
  return hasOwn ? [...new Set<AssetName>(["site.js", ...scripts])] : [];
}

/** htmx is no module. */
function script(name: AssetName): Child {
  return name === "htmx.js"
    ? html`<script defer src="${assetHref(name)}"></script>`
    : html`<script type=module src="${assetHref(name)}"></script>`;
}

/** The user's own theme, or the site's. */
function themeOf({ user, settings }: Pick<Call, "user" | "settings">): Theme {
  const own = user?.theme ?? "";
  return isTheme(own) ? own : settings["app.theme"];
}
