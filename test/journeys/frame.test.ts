/** What the site's own script does on any page, in a real browser; and what remains without it. */

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Locator, Page } from "playwright-core";
import { text as links } from "../../src/web/links/text.en.ts";
import { text } from "../../src/web/ui/text.en.ts";
import { browserIsAvailable } from "../browser.ts";
import { field } from "./fields.ts";
import { openSite, PHONE, type Site, type Visit } from "./pages.ts";
import { addSamples, MINE } from "./sample.ts";

describe.skipIf(!browserIsAvailable)("the frame", () => {
  let site: Site;
  let visit: Visit;
  let page: Page;

  beforeAll(async () => {
    site = await openSite();
    await addSamples(site.world, site.world.people.alice);
    visit = await site.visit({ user: site.world.people.alice });
    page = visit.page;
  }, 120_000);

  afterAll(async () => {
    expect(visit.faults).toEqual([]);
    await site.close();
  });

  test("copies on a site without https, and says so", async () => {
    await page.goto(`/-/links/${MINE.live}`);
    await page.evaluate(withoutClipboard);
    await page
      .getByRole("button", { name: text.copying.label(links.shortLink) })
      .first()
      .click();
    await page
      .locator("[data-announcements]", { hasText: text.copying.copied })
      .waitFor({ state: "attached" });
    expect(await page.evaluate<string>("copied")).toBe(`${site.origin}/${MINE.live}`);
  });

  test("goes to the search box by a slash, but not while something is written", async () => {
    await page.goto("/links");
    await page.keyboard.press("/");
    const box = page.locator('input[type="search"]');
    expect(await isFocused(box)).toBe(true);
    await page.keyboard.type("a/b");
    expect(await box.inputValue()).toBe("a/b");
  });

  test("closes the menu by Escape and by a click elsewhere", async () => {
    const menu = page.locator("nav details[data-menu]");
    for (const close of [() => page.keyboard.press("Escape"), () => page.locator("h1").click()]) {
      await menu.locator("summary").click();
      expect(await menu.getAttribute("open")).toBe("");
      await close();
      expect(await menu.getAttribute("open")).toBeNull();
    }
  });

  test("sends a form once, however often its button is pressed", async () => {
    await page.goto("/add");
    const posts: string[] = [];
    page.on("request", (request) => {
      if (request.method() === "POST") posts.push(request.url());
    });
    await field(page, "url").fill("https://example.org/twice");
    await page.locator("main form button[type=submit]").first().dblclick();
    await page.waitForURL(/\/-\/links\//);
    expect(posts).toHaveLength(1);
  });

  test("leads to the same pages without scripts, and shows no button that would do nothing", async () => {
    const plain = await site.visit({
      user: site.world.people.alice,
      scripts: false,
      width: PHONE,
    });
    await plain.page.goto("/links");
    expect(await plain.page.locator("[data-copy]").first().isVisible()).toBe(false);
    await plain.page.getByText("alice", { exact: true }).click();
    expect(await plain.page.getByRole("button", { name: "Sign out" }).isVisible()).toBe(true);
    await plain.page.getByRole("link", { name: MINE.live, exact: true }).click();
    await plain.page.getByRole("link", { name: text.actions.delete }).click();
    expect(new URL(plain.page.url()).pathname).toBe(`/delete_link/${MINE.live}`);
    await plain.close();
  });
});

function isFocused(element: Locator): Promise<boolean> {
  return element.evaluate((node) => node.matches(":focus"));
}

/** What a browser has on plain http: no clipboard, only the old command. */
const withoutClipboard = `
  Object.defineProperty(navigator, "clipboard", { value: undefined });
  document.addEventListener("copy", () => { window.copied = document.activeElement.value; });
`;
