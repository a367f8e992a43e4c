import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { browserIsAvailable } from "../browser.ts";
import { field, send } from "./fields.ts";
import { openSite, PHONE, type Site, untilTrue } from "./pages.ts";

const DARKLY = "rgb(34, 34, 34)";
const SOLAR = "rgb(0, 43, 54)";
const SAMPLE = 'document.querySelector("[data-sample]").shadowRoot.querySelector(".sample")';
const WHITE = "rgb(255, 255, 255)";

describe.skipIf(!browserIsAvailable)("settings and profile in a browser", () => {
  let site: Site;

  beforeAll(async () => {
    site = await openSite({ settings: { "app.timezone": "Europe/Berlin" } });
  });
  afterAll(() => site.close());

  const wears = (element: string, colour: string) =>
    `getComputedStyle(${element}).backgroundColor === "${colour}"`;
  const pageIs = (page: Page, colour: string) => untilTrue(page, wears("document.body", colour));
  const sampleIs = (page: Page, colour: string) => untilTrue(page, wears(SAMPLE, colour));
  const choose = (page: Page, name: string, theme: string) =>
    page.locator(`input[name="${name}"][value="${theme}"]`).check();

  test("a theme is shown before it is saved, put back by Cancel, and kept by Save", async () => {
    const visit = await site.visit({ user: site.world.people.alice });
    const { page, faults } = visit;
    await page.goto("/settings");
    await choose(page, "theme", "darkly");
    await pageIs(page, DARKLY);
    await choose(page, "markdown_theme", "solar");
    await sampleIs(page, SOLAR);
    await page.locator('main a[href="/settings"]').click();
    await pageIs(page, WHITE);
    await sampleIs(page, WHITE);
    await choose(page, "theme", "darkly");
    await choose(page, "markdown_theme", "solar");
    await send(page, "theme");
    await page.locator('[data-notice="saved"]').waitFor();
    await pageIs(page, DARKLY);
    await sampleIs(page, SOLAR);
    expect(faults).toEqual([]);
    await visit.close();
  });

  test("the last of many quick choices is the one that is shown", async () => {
    const visit = await site.visit({ user: site.world.people.bob, width: PHONE });
    const { page, faults } = visit;
    await page.goto("/settings");
    await page.locator('input[name="theme"][value=""]').focus();
    for (let presses = 0; presses < 6; presses++) await page.keyboard.press("ArrowDown");
    await choose(page, "theme", "flatly");
    await choose(page, "theme", "darkly");
    await pageIs(page, DARKLY);
    await untilTrue(page, 'document.querySelectorAll("head [data-theme]").length === 1');
    await pageIs(page, DARKLY);
    expect(faults).toEqual([]);
    await visit.close();
  });

  test("both themes are chosen, and shown in the sample, without scripts", async () => {
    const visit = await site.visit({ user: site.world.people.bob, scripts: false });
    const { page, faults } = visit;
    await page.goto("/settings");
    await choose(page, "theme", "darkly");
    await choose(page, "markdown_theme", "solar");
    await send(page, "theme");
    await page.locator('[data-notice="saved"]').waitFor();
    for (const value of ["darkly", "solar"])
      expect(await page.locator(`input[value="${value}"]:checked`).count()).toBe(1);
    expect(faults).toEqual([]);
    await visit.close();
  });

  test("the browser's own time zone is offered, taken and saved", async () => {
    const visit = await site.visit({ user: site.world.people.alice });
    const { page, faults } = visit;
    await page.goto("/profile");
    await page.locator("[data-own-zone]:not([hidden])").click();
    const zone = await page.evaluate("Intl.DateTimeFormat().resolvedOptions().timeZone");
    expect(await field(page, "time_zone").inputValue()).toBe(zone as string);
    await send(page, "time_zone");
    await page.locator('[data-notice="saved"]').waitFor();
    expect(await field(page, "time_zone").inputValue()).toBe(zone as string);
    expect(await page.locator("[data-own-zone]:not([hidden])").count()).toBe(0);
    expect(faults).toEqual([]);
    await visit.close();
  });

  test("the bookmarklet, run on another site, offers that page to be shortened", async () => {
    const visit = await site.visit({ user: site.world.people.alice });
    const { page } = visit;
    await page.goto("/profile");
    const code = await page.locator("[data-bookmarklet]").getAttribute("href");
    await page.goto(`${site.elsewhere}/a?b=c&d=%20e#f`);
    const [opened] = await Promise.all([
      page.waitForEvent("popup"),
      page.evaluate((code ?? "").replace(/^javascript:/, "")),
    ]);
    await opened.waitForLoadState();
    const target = await opened.locator('[name="url"]').first().inputValue();
    expect(target).toBe(`${site.elsewhere}/a?b=c&d=%20e#f`);
    await visit.close();
  });

  test("another device is signed out from the profile", async () => {
    const { bob } = site.world.people;
    await site.world.app.accounts.sessions.start(bob, { remember: true, device: "Safari on iOS" });
    const visit = await site.visit({ user: bob, width: PHONE });
    const { page, faults } = visit;
    await page.goto("/profile");
    await page.getByRole("row", { name: "Safari on iOS" }).getByRole("button").click();
    await page.locator('[data-notice="session_ended"]').waitFor();
    const sessions = page.getByRole("row", { name: "Safari on iOS" }).getByRole("button");
    expect(await sessions.count()).toBe(0);
    expect(faults).toEqual([]);
    await visit.close();
  });
});
