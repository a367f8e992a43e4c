/** A person's first quarter of an hour, in a real browser, with scripts and without. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Browser, Page } from "playwright-core";
import { type RunningServer, startServer } from "../../src/server/serve.ts";
import { browserIsAvailable, openBrowser } from "../browser.ts";
import { openTestApp, PASSWORD, type World } from "../world.ts";

/** Two pages elsewhere, for links to lead to. */
const elsewhere = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  fetch: ({ url }) => new Response(`You reached ${new URL(url).pathname}`),
});

describe.skipIf(!browserIsAvailable)("a first visit", () => {
  let world: World;
  let server: RunningServer;
  let browser: Browser;
  let site: string;

  beforeAll(async () => {
    world = await openTestApp();
    server = startServer(world.app, { hostname: "127.0.0.1", port: 0 });
    site = `http://127.0.0.1:${server.port}`;
    browser = await openBrowser();
  }, 120_000);

  afterAll(async () => {
    await browser.close();
    await world.close();
  });

  test.each([
    ["with scripts", true],
    ["without", false],
  ])(
    "%s",
    async (_, javaScriptEnabled) => {
      const context = await browser.newContext({ javaScriptEnabled, viewport: PHONE });
      const page = await context.newPage();
      const faults = watch(page);
      const code = javaScriptEnabled ? "scripted" : "plain";

      await signIn(page);
      await add(page, code);
      expect(await open(page, code)).toBe("You reached /first");
      await edit(page, code);
      expect(await open(page, code)).toBe("You reached /second");
      await remove(page, code);
      expect(await open(page, code)).toContain("Nothing is here");
      await signOut(page);

      expect(faults).toEqual([]);
      await context.close();
    },
    60_000,
  );

  /** The bookmarklet's address survives signing in, and a wrong password. */
  async function signIn(page: Page): Promise<void> {
    await page.goto(`${site}/add?url=${encodeURIComponent(`${elsewhere.url}first`)}`);
    await page.getByLabel("User name").fill("alice");
    await page.getByLabel("Password").fill("not this one");
    await press(page, "Sign in");
    expect(await page.getByRole("alert").textContent()).toContain("Wrong user name or password.");
    await page.getByLabel("Password").fill(PASSWORD);
    await press(page, "Sign in");
    expect(await page.getByLabel("Leads to").inputValue()).toBe(`${elsewhere.url}first`);
  }

  async function add(page: Page, code: string): Promise<void> {
    await page.getByLabel("Short code").fill("login");
    await press(page, "Add");
    expect(await page.locator("#short_code-problem").textContent()).toContain("is reserved");
    await page.getByLabel("Short code").fill(code);
    await page.getByLabel("Title").fill(LONG_TITLE);
    await press(page, "Add");
    expect(await noticeOn(page)).toBe(`Your link is ready: ${site}/${code}.`);
    expect(await page.getByText(LONG_TITLE).isVisible()).toBe(true);
    expect(await overflow(page)).toBe(0);
  }

  async function open(page: Page, code: string): Promise<string | null> {
    await page.goto(`${site}/${code}`);
    return await page.locator("body").textContent();
  }

  async function edit(page: Page, code: string): Promise<void> {
    await page.goto(`${site}/links`);
    await page.getByRole("link", { name: `Edit ${code}` }).click();
    await page.getByLabel("Leads to").fill(`${elsewhere.url}second`);
    expect(await page.getByLabel("Date and time").isVisible()).toBe(false);
    await page.getByLabel("Stops working at a given time").check();
    await page.getByLabel("Date and time").fill("2030-01-01T12:00");
    await press(page, "Save");
    expect(await noticeOn(page)).toBe(`Saved: ${site}/${code}.`);
    expect(await page.getByText("1 Jan 2030, 12:00").isVisible()).toBe(true);
  }

  async function remove(page: Page, code: string): Promise<void> {
    await page.goto(`${site}/links`);
    await page.getByRole("link", { name: `Delete ${code}` }).click();
    await press(page, "Delete");
    expect(await noticeOn(page)).toBe(`Deleted ${code}.`);
    expect(await page.getByText("There are no links yet.").isVisible()).toBe(true);
  }

  async function signOut(page: Page): Promise<void> {
    await page.goto(`${site}/links`);
    await page.getByText("alice", { exact: true }).click();
    await press(page, "Sign out");
    expect(await noticeOn(page)).toBe("You are signed out.");
    await page.goBack();
    expect(await page.getByRole("heading").textContent()).toBe("Sign in");
  }
});

afterAll(() => elsewhere.stop(true));

const PHONE = { width: 360, height: 780 };

const LONG_TITLE = `<img src=x onerror=alert(1)> \u202E${"W".repeat(160)}`;

function press(page: Page, name: string): Promise<void> {
  return page.getByRole("button", { name, exact: true }).click();
}

function noticeOn(page: Page): Promise<string | null> {
  return page.getByRole("status").textContent();
}

/** How far the page reaches beyond the screen's edge, in pixels. */
function overflow(page: Page): Promise<number> {
  return page.evaluate("document.documentElement.scrollWidth - innerWidth");
}

/** Whatever a page should never do: talk to strangers, break its own policy, or run what was typed into it. */
function watch(page: Page): string[] {
  const faults: string[] = [];
  page.on("request", (request) => {
    if (new URL(request.url()).hostname !== "127.0.0.1") faults.push(`asked ${request.url()}`);
  });
  page.on("console", (message) => {
    const isOurs = !message.text().startsWith("Failed to load resource");
    if (message.type() === "error" && isOurs) faults.push(message.text());
  });
  page.on("pageerror", (error) => faults.push(error.message));
  page.on("dialog", (dialog) => {
    faults.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  return faults;
}
