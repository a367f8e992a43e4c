/** The site without a mouse. */

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { text } from "../../src/web/links/list/text.en.ts";
import { browserIsAvailable } from "../browser.ts";
import { inThisRun } from "../nightly/nightly.ts";
import { everyPage, openRow, userOf } from "./every-page.ts";
import { openSite, type Site } from "./pages.ts";
import { addSamples, MINE } from "./sample.ts";

describe.skipIf(!browserIsAvailable)("by keyboard", () => {
  let site: Site;

  beforeAll(async () => {
    site = await openSite();
    await addSamples(site.world, site.world.people.alice);
  }, 120_000);

  afterAll(() => site.close());

  const rows = inThisRun("keyboard", everyPage);
  test.each(rows.map((row) => [row.name, row] as const))(
    "everything can be reached, and shows when it is: %s",
    async (_, row) => {
      const user = userOf(site.world.people, row);
      const { page, faults, close } = await site.visit({ ...(user && { user }) });
      await openRow(page, row);
      await pressTab(page, await page.evaluate<number>("inPage.watchFocus()"));
      const found = await page.evaluate<string[]>("inPage.focusFaults()");
      expect([...faults, ...found]).toEqual([]);
      await close();
    },
  );

  test("a row's menu opens, leaves by Escape or by going on, and shows where it is", async () => {
    const { page, faults, close } = await site.visit({ user: site.world.people.alice });
    await page.goto("/links");
    const menu = page.getByLabel(text.row.actions(MINE.live));
    const edit = page.getByRole("link", { name: text.row.edit(MINE.live) });
    await menu.focus();
    await page.keyboard.press("Enter");
    await edit.waitFor();
    await page.keyboard.press("Tab");
    expect(await page.evaluate(focusIsOn(`[aria-label="${text.row.open(MINE.live)}"]`))).toBe(true);
    await page.keyboard.press("Escape");
    expect(await edit.isVisible()).toBe(false);
    expect(await page.evaluate(focusIsOn(`[aria-label="${text.row.actions(MINE.live)}"]`))).toBe(
      true,
    );
    await page.keyboard.press("Enter");
    await edit.waitFor();
    await pressTab(page, 5);
    expect(await edit.isVisible()).toBe(false);
    expect(faults).toEqual([]);
    await close();
  });

  test("a dialog keeps the focus, and Escape gives it back", async () => {
    const { page, faults, close } = await site.visit({ user: site.world.people.alice });
    await page.goto("/links");
    await page.getByLabel(text.row.actions(MINE.live)).press("Enter");
    const link = page.getByRole("link", { name: text.row.delete(MINE.live) });
    await link.focus();
    await page.keyboard.press("Enter");
    const dialog = page.getByRole("dialog");
    await dialog.waitFor();
    for (let press = 0; press < 6; press++) {
      expect(await page.evaluate(focusIsOn("dialog, body"))).toBe(true);
      await page.keyboard.press("Tab");
    }
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    expect(await page.evaluate(focusIsOn(`[aria-label="${text.row.actions(MINE.live)}"]`))).toBe(
      true,
    );
    expect(faults).toEqual([]);
    await close();
  });

  test("a search is typed after a slash, and tells how many it found", async () => {
    const { page, faults, close } = await site.visit({ user: site.world.people.alice });
    await page.goto("/links");
    await page.keyboard.press("/");
    await page.keyboard.type("example.org/weekly");
    await page.locator("[aria-live]", { hasText: text.found.all(1) }).waitFor();
    expect(await page.evaluate(focusIsOn("#q"))).toBe(true);
    expect(faults).toEqual([]);
    await close();
  });

  test("the first press of Tab leads past the navigation", async () => {
    const { page, close } = await site.visit({ user: site.world.people.alice });
    await page.goto("/links");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    expect(await page.evaluate(focusIsOn("main"))).toBe(true);
    await close();
  });
});

/** Each time after Escape, by which a text area where Tab indents lets go. */
async function pressTab(page: Page, times: number): Promise<void> {
  for (let press = 0; press < times; press++) {
    await page.keyboard.press("Escape");
    await page.keyboard.press("Tab");
  }
}

function focusIsOn(selector: string): string {
  return `document.activeElement.closest(${JSON.stringify(selector)}) !== null`;
}
