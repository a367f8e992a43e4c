/** @jsxImportSource hono/jsx */
import type { Child } from "hono/jsx";
import { darkThemes, isTheme, type Theme } from "../../../config/values/themes.ts";
import type { Call } from "../../../http/call.ts";
import { type Notice, takeNotice } from "../../../http/request/cookies.ts";
import { page } from "../../../http/response/response.ts";
import { timed } from "../../../telemetry/trace.ts";
import { currentLanguage, textDirection } from "../../../text/language.ts";
import { type AssetName, assetHref } from "../../static/asset.ts";
import { brandHref, brandOf } from "../../static/branding.ts";
import { ImpersonationBanner } from "./impersonation-banner.tsx";
import { NoticeBox } from "./notice-box.tsx";
import { SiteBar, SiteFooter } from "./site-bar.tsx";
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
  /** Scripts that this page needs besides the site's own. */
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
  const html = await timed("render", async () => (
    <Layout call={call} options={options} notice={notice}>
      {content}
    </Layout>
  ));
  return page(`<!DOCTYPE html>\n${html}`, { call, status, headers });
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

interface LayoutProps {
  readonly call: Call;
  readonly options: PageOptions;
  readonly notice: Notice | null;
  readonly children?: Child;
}

function Layout({ call, options, notice, children }: LayoutProps) {
  return (
    <html lang={currentLanguage()} dir={textDirection()}>
      <Head call={call} options={options} />
      <body>
        <a class="visually-hidden-focusable skip" href="#content">
          {text.skip}
        </a>
        <SiteBar call={call} />
        <main
          class={options.wide ? "container-fluid py-4" : "container py-4"}
          id="content"
          tabindex={-1}
        >
          <ImpersonationBanner call={call} />
          <Warnings call={call} />
          <NoticeBox notice={notice} origin={call.client.origin} />
          {children}
        </main>
        <SiteFooter call={call} />
        <div class="visually-hidden" aria-live="polite" data-announcements="" />
      </body>
    </html>
  );
}

/**
 * htmx's own style element would violate our content security policy, and signed-in pages are not stored, so going back
 * loads the page again.
 */
const HTMX_CONFIG = JSON.stringify({ includeIndicatorCSS: false, history: "reload" });

function Head({ call, options }: { call: Call; options: PageOptions }) {
  const theme = themeOf(call);
  const { styles } = brandOf(call.app);
  return (
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content={darkThemes.has(theme) ? "dark" : "light"} />
      <meta name="robots" content="noindex" />
      <meta name="htmx-config" content={HTMX_CONFIG} />
      <title>
        {options.title} | {call.settings["app.title"]}
      </title>
      {options.head}
      <Favicon call={call} />
      <link rel="stylesheet" href={assetHref(`${theme}.css`)} data-theme="" />
      <Sheets names={options.sheets ?? []} />
      {styles && <link rel="stylesheet" href={brandHref(styles)} />}
      <Scripts names={options.scripts ?? []} />
    </head>
  );
}

function Favicon({ call }: { call: Call }) {
  const { icon } = brandOf(call.app);
  if (icon === null) return <link rel="icon" href={assetHref("icon.svg")} type="image/svg+xml" />;
  return <link rel="icon" href={brandHref(icon)} type={icon.type} />;
}

function Sheets({ names }: { names: readonly AssetName[] }) {
  const sheets: readonly AssetName[] = ["frame.css", "site.css", ...names];
  return (
    <>
      {sheets.map((name) => (
        <link rel="stylesheet" href={assetHref(name)} />
      ))}
    </>
  );
}

function Scripts({ names }: { names: readonly AssetName[] }) {
  const modules: readonly AssetName[] = ["site.js", ...names];
  return (
    <>
      <script defer src={assetHref("htmx.js")} />
      {modules.map((name) => (
        <script type="module" src={assetHref(name)} />
      ))}
    </>
  );
}

/** The user's own theme, or the site's. */
function themeOf({ user, settings }: Pick<Call, "user" | "settings">): Theme {
  const own = user?.theme ?? "";
  return isTheme(own) ? own : settings["app.theme"];
}
