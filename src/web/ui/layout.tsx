/** @jsxImportSource hono/jsx */
import type { Child } from "hono/jsx";
import { isTheme, type Theme } from "../../config/themes.ts";
import type { Call } from "../../http/call.ts";
import { type Notice, takeNotice } from "../../http/cookies.ts";
import { page } from "../../http/response.ts";
import { href, type UrlName } from "../../http/urls.ts";
import type { AssetName } from "../assets/files.ts";
import { assetHref } from "../static.ts";
import { NoticeBox, Warnings } from "./notice.tsx";

interface PageOptions {
  /** What the page is about, in its heading and the browser's tab. */
  readonly title: string;
  /** For a page that is no success; such a page leaves the notice for the next one. */
  readonly status?: number;
  readonly headers?: Headers;
  /** Whether the content may be as wide as the screen, as a table with many columns. */
  readonly wide?: boolean;
  /** Modules that this page needs beside the site's own. */
  readonly scripts?: readonly AssetName[];
}

/** Answers with a page of the site around `content`. */
export async function show(call: Call, options: PageOptions, content: Child): Promise<Response> {
  const { status = 200, headers = new Headers() } = options;
  const notice = status === 200 ? takeNotice(call, headers) : null;
  const html = await (
    <Layout call={call} options={options} notice={notice}>
      {content}
    </Layout>
  );
  return page(`<!DOCTYPE html>\n${html}`, { call, status, headers });
}

interface PageHeadProps {
  readonly title: Child;
  /** What can be done here, beside the heading. */
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
    <html lang="en">
      <Head call={call} options={options} />
      <body>
        <a class="visually-hidden-focusable" href="#content">
          Skip to the content
        </a>
        <Navigation call={call} />
        <main class={options.wide ? "container-fluid py-4" : "container py-4"} id="content">
          <Warnings call={call} />
          <NoticeBox notice={notice} origin={call.client.origin} />
          {children}
        </main>
        <div class="visually-hidden" aria-live="polite" data-told="" />
      </body>
    </html>
  );
}

/** htmx would write a style into the page, and call by `eval`; our policy allows neither. */
const HTMX_CONFIG = JSON.stringify({ includeIndicatorCSS: false });

function Head({ call, options: { title, scripts = [] } }: { call: Call; options: PageOptions }) {
  const theme = themeOf(call);
  return (
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="robots" content="noindex" />
      <meta name="htmx-config" content={HTMX_CONFIG} />
      <title>{title} | Trunk8</title>
      <link rel="icon" href={assetHref("icon.svg")} type="image/svg+xml" />
      <link rel="stylesheet" href={assetHref(`${theme}.css`)} />
      <link rel="stylesheet" href={assetHref("site.css")} />
      <script defer src={assetHref("htmx.js")} />
      {(["site.js", ...scripts] as const).map((name) => (
        <script type="module" src={assetHref(name)} />
      ))}
    </head>
  );
}

/** The reader's own theme, or the site's. */
function themeOf({ user, settings }: Pick<Call, "user" | "settings">): Theme {
  const own = user?.theme ?? "";
  return isTheme(own) ? own : settings["app.theme"];
}

function Navigation({ call }: { call: Call }) {
  return (
    <header class="navbar site-bar border-bottom">
      <nav class="container" aria-label="Site">
        <a class="navbar-brand" href={href("home")}>
          Trunk8
        </a>
        {call.user ? <OwnPlaces call={call} name={call.user.displayName} /> : <StrangersPlaces />}
      </nav>
    </header>
  );
}

function OwnPlaces({ call, name }: { call: Call; name: string }) {
  return (
    <>
      <ul class="navbar-nav flex-row flex-wrap column-gap-3 me-auto">
        <Place call={call} to="links" label="Links" />
        <Place call={call} to="add" label="Add" />
      </ul>
      <ul class="navbar-nav flex-row flex-wrap column-gap-3">
        <Place call={call} to="profile" label={name} />
        <li class="nav-item">
          <form method="post" action={href("signOut")}>
            <button class="btn nav-link" type="submit">
              Sign out
            </button>
          </form>
        </li>
      </ul>
    </>
  );
}

function StrangersPlaces() {
  return (
    <a class="nav-link" href={href("signIn")}>
      Sign in
    </a>
  );
}

interface PlaceProps {
  readonly call: Call;
  readonly to: Extract<UrlName, "links" | "add" | "profile">;
  readonly label: string;
}

function Place({ call, to, label }: PlaceProps) {
  const address = href(to);
  const isHere = call.url.pathname === address;
  return (
    <li class="nav-item">
      <a
        class={isHere ? "nav-link name active" : "nav-link name"}
        href={address}
        aria-current={isHere ? "page" : undefined}
      >
        {label}
      </a>
    </li>
  );
}
