import { rmSync } from "node:fs";
import type { Browser, BrowserContext, Locator, Page } from "playwright-core";
import type { User } from "../../src/accounts/user.ts";
import { startServer } from "../../src/server/http-server.ts";
import { openBrowser } from "../browser.ts";
import { until } from "../until.ts";
import { ORIGIN, openTestApp, type World, type WorldOptions } from "../world.ts";

/** A running site, and a browser. */
export interface Site {
  readonly world: World;
  readonly browser: Browser;
  readonly origin: string;
  /** Another site, without a last slash: it answers every path with `You reached <path>`. */
  readonly elsewhere: string;
  /** Opens a fresh browser profile with one empty page. */
  visit(options?: VisitOptions): Promise<Visit>;
  close(): Promise<void>;
}

export interface VisitOptions {
  /** Signed in already; default: a visitor. */
  readonly user?: User;
  /** Pixels; default 1280. */
  readonly width?: number;
  /** Default true. */
  readonly scripts?: boolean;
  /** Lets a test add a script of its own to the page. */
  readonly bypassCSP?: boolean;
}

export interface Visit {
  readonly page: Page;
  /** What a page should never do, in order, as it happens. */
  readonly faults: readonly string[];
  close(): Promise<void>;
}

export const DESK = 1280;
export const PHONE = 360;
const HEIGHT = 800;

/** How long a step waits for what it expects. */
const PATIENCE_MS = 20_000;

interface SiteOptions extends WorldOptions {
  /** Default: any that is free. */
  readonly port?: number;
}

/** Starts a site over a fresh world, and a browser. */
export async function openSite({ port = 0, ...options }: SiteOptions = {}): Promise<Site> {
  const world = await openTestApp(options);
  const server = startServer(world.app, { ...LOOPBACK, port });
  const elsewhere = Bun.serve({
    ...LOOPBACK,
    fetch: ({ url }) => new Response(`You reached ${new URL(url).pathname}`),
  });
  const browser = await openBrowser();
  // Not by an address: to browsers, a loopback one is as good as https.
  const origin = `${ORIGIN}:${server.port}`;
  const known = [origin, elsewhere.url.origin];
  return {
    world,
    browser,
    origin,
    elsewhere: elsewhere.url.origin,
    visit: (visit = {}) => openVisit(browser, { ...visit, origin, known, world }),
    close: async () => {
      await browser.close();
      await elsewhere.stop(true);
      await server.stop();
      rmSync(world.dataFolder, { recursive: true });
    },
  };
}

/** Opens one browser profile for each user, and keeps it for the pages to come. */
export function visitsBy(site: () => Site, options: Omit<VisitOptions, "user"> = {}) {
  const visits = new Map<string, Visit>();
  return async (user: User | undefined): Promise<Visit> => {
    const known = visits.get(user?.username ?? "");
    if (known !== undefined) return known;
    const visit = await site().visit({ ...options, ...(user && { user }) });
    visits.set(user?.username ?? "", visit);
    return visit;
  };
}

const IN_PAGE = new URL("in-page.js", import.meta.url).pathname;

const LOOPBACK = { hostname: "127.0.0.1", port: 0 };

interface Place {
  readonly world: World;
  readonly origin: string;
  /** Origins that a page may load from. */
  readonly known: readonly string[];
}

const CHROME =
  "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/153.0.0.0 Safari/537.36";

async function openVisit(browser: Browser, options: VisitOptions & Place): Promise<Visit> {
  const { user, width = DESK, scripts = true, bypassCSP = false, origin, known, world } = options;
  const context = await browser.newContext({
    baseURL: origin,
    viewport: { width, height: HEIGHT },
    javaScriptEnabled: scripts,
    bypassCSP,
    // A headless browser would count as a bot.
    userAgent: CHROME,
    // So that what has the focus looks like it at once.
    reducedMotion: "reduce",
  });
  if (user !== undefined) await signIn(context, world, user, origin);
  await context.addInitScript({ path: IN_PAGE });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  return { page, faults: watch(page, known), close: () => context.close() };
}

async function signIn(context: BrowserContext, world: World, user: User, url: string) {
  const { token } = await world.app.accounts.sessions.start(user, {
    remember: false,
    device: "Chromium",
  });
  await context.addCookies([{ name: "sessionid", value: token, url }]);
}

/** Collects what a page should never do: load from other hosts, break its own policy, fail, or run what was typed in. */
function watch(page: Page, known: readonly string[]): string[] {
  const faults: string[] = [];
  page.on("request", (request) => {
    if (!isKnown(request.url(), known)) faults.push(`asked ${request.url()}`);
  });
  page.on("requestfailed", (request) => {
    const why = request.failure()?.errorText ?? "";
    if (why !== CANCELLED) faults.push(`${request.url()} failed: ${why}`);
  });
  page.on("response", (response) => {
    const type = response.request().resourceType();
    if (response.status() >= 400 && !MAY_BE_REFUSED.has(type)) {
      faults.push(`${response.url()} answered ${response.status()}`);
    }
  });
  page.on("console", (message) => {
    const isUnexpected = !EXPECTED_MESSAGES.some((words) => message.text().startsWith(words));
    if (LOUD.has(message.type()) && isUnexpected) faults.push(`console: ${message.text()}`);
  });
  page.on("pageerror", ({ message }) => faults.push(`error: ${message}`));
  page.on("dialog", (dialog) => {
    // A form asks before its changes are lost, and a test that goes on means to lose them.
    if (dialog.type() === "beforeunload") return void dialog.accept();
    faults.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  return faults;
}

/** What Chromium reports of a request that the next page cancelled. */
const CANCELLED = "net::ERR_ABORTED";

/** A page, or a form sent by a script, may be refused. */
const MAY_BE_REFUSED: ReadonlySet<string> = new Set(["document", "fetch", "xhr"]);

/** Console messages that a refused response causes, and a frame without scripts. */
const EXPECTED_MESSAGES = ["Failed to load resource", "Blocked script execution in"];

const LOUD: ReadonlySet<string> = new Set(["error", "warning"]);

function isKnown(url: string, known: readonly string[]): boolean {
  const { protocol, origin } = new URL(url);
  return protocol === "data:" || protocol === "blob:" || known.includes(origin);
}

/** Code of the notice about what was just done, once it is there. */
export async function noticeOn(page: Page): Promise<string | null> {
  return await page.locator("[data-notice]").getAttribute("data-notice");
}

export async function headingOf(page: Page): Promise<string> {
  return await page.getByRole("heading", { level: 1 }).innerText();
}

/** Presses the button of that very name. */
export async function press(place: Page | Locator, name: string): Promise<void> {
  await place.getByRole("button", { name, exact: true }).click();
}

/** How far the page reaches beyond the screen's edge, in pixels. */
export function overflow(page: Page): Promise<number> {
  return page.evaluate("document.scrollingElement.scrollWidth - innerWidth");
}

/** Waits until an expression is true in the page; `waitForFunction` needs `eval`, which our policy forbids. */
export async function untilTrue(page: Page, expression: string): Promise<void> {
  await until(() => page.evaluate(expression), { what: expression });
}
