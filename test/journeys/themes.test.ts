/** The pages that hold most, in every theme and at every width: can they be read and used? */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Locator, Page } from "playwright-core";
import { darkThemes, type Theme, themeNames } from "../../src/config/values/themes.ts";
import { text as list } from "../../src/web/links/list/text.en.ts";
import { assetHref } from "../../src/web/static/asset.ts";
import { text as shared } from "../../src/web/ui/text.en.ts";
import { browserIsAvailable } from "../browser.ts";
import { inThisRun } from "../nightly/nightly.ts";
import { openSite, type Site, type Visit } from "./pages.ts";
import { addSamples, MINE } from "./sample.ts";

const WIDTHS = [320, 768, 1024, 1280, 1600] as const;

/** Where layouts differ; all of them as an administrator, who sees the most. */
const PAGES = ["/links", "/", "/users", `/-/links/${MINE.picture}`, "/settings"] as const;

/** Pages with fields of every kind. */
const FORMS = ["/add", "/links", "/settings", "/-/settings", `/${MINE.locked}`] as const;

const IN_THEME = new URL("in-theme.js", import.meta.url).pathname;

describe.skipIf(!browserIsAvailable)("in every theme", () => {
  let site: Site;
  let visit: Visit;

  beforeAll(async () => {
    site = await openSite();
    const { admin } = site.world.people;
    await addSamples(site.world, admin);
    visit = await site.visit({ user: admin });
    await visit.page.context().addInitScript({ path: IN_THEME });
  }, 120_000);

  afterAll(() => site.close());

  test.each(PAGES)(
    "%s fits every width",
    async (path) => {
      await open(visit.page, path);
      const faults: string[] = [];
      for await (const theme of dressed(visit.page)) {
        for (const width of WIDTHS) {
          await visit.page.setViewportSize({ width, height: 800 });
          const found = await visit.page.evaluate<string[]>("inTheme.layoutFaults()");
          faults.push(...found.map((fault) => `${theme} at ${width}: ${fault}`));
        }
      }
      expect(faults).toEqual([]);
    },
    120_000,
  );

  test.each(FORMS)(
    "%s has fields and focus marks that stand out",
    async (path) => {
      await open(visit.page, path);
      const faults: string[] = [];
      for await (const theme of dressed(visit.page)) {
        const found = await visit.page.evaluate<string[]>("inTheme.contrastFaults()");
        faults.push(...found.map((fault) => `${theme}: ${fault}`));
      }
      expect(faults).toEqual([]);
    },
    120_000,
  );

  /** The browser draws them, so no style says what they look like. */
  test("the boxes of a list's rows stand out", async () => {
    await open(visit.page, "/links");
    const faults: string[] = [];
    for await (const theme of dressed(visit.page)) {
      const scheme = darkThemes.has(theme) ? "dark" : "light";
      await visit.page.evaluate(
        `document.querySelector("[name=color-scheme]").content = "${scheme}"`,
      );
      for (const state of [":checked", ":not(:checked)"]) {
        const box = visit.page.locator(`.links tbody input${state}`).first();
        const ratio = await contrastOf(visit.page, box);
        if (ratio < LEAST_CONTRAST) faults.push(`${theme}, ${state}: ${ratio.toFixed(2)}`);
      }
    }
    expect(faults).toEqual([]);
  }, 120_000);
});

/** WCAG 2.2, 1.4.11. */
const LEAST_CONTRAST = 3;

/** Contrast of what is drawn in an element's box with what is around it. */
async function contrastOf(page: Page, element: Locator): Promise<number> {
  await element.scrollIntoViewIfNeeded();
  const box = await element.boundingBox();
  if (box === null) throw new Error("There is no box.");
  const clip = { x: box.x - 3, y: box.y - 3, width: box.width + 6, height: box.height + 6 };
  const png = (await page.screenshot({ clip })).toString("base64");
  return page.evaluate<number>(`inTheme.contrastIn("${png}")`);
}

describe.skipIf(!browserIsAvailable)("the focus", () => {
  let site: Site;

  beforeAll(async () => {
    site = await openSite();
    await addSamples(site.world, site.world.people.alice);
  }, 120_000);

  afterAll(() => site.close());

  test.each([
    ["/links", 1280, "Tab"],
    ["/links", 360, "Tab"],
    ["/settings", 1280, "ArrowDown"],
    ["/settings", 360, "ArrowDown"],
  ] as const)("is never under a bar: %s at %d px by %s", async (path, width, key) => {
    const { page, faults, close } = await site.visit({ user: site.world.people.alice });
    await page.context().addInitScript({ path: IN_THEME });
    await open(page, path);
    await page.setViewportSize({ width, height: 800 });
    await page
      .locator(path === "/links" ? "#q" : '[name="theme"]')
      .first()
      .focus();
    const covered: string[] = [];
    for (let presses = 0; presses < (key === "Tab" ? 90 : themeNames.length); presses++) {
      await page.keyboard.press(key);
      if (await page.evaluate<boolean>("inTheme.isFocusCovered()"))
        covered.push(await page.evaluate<string>("document.activeElement.outerHTML"));
    }
    expect([...faults, ...covered]).toEqual([]);
    await close();
  });

  test("is on Cancel first when a link is about to be deleted", async () => {
    const { page, faults, close } = await site.visit({ user: site.world.people.alice });
    await page.goto("/links");
    const dialog = page.getByRole("dialog");
    for (const open of [
      async () => {
        await page.getByLabel(list.row.actions(MINE.live)).click();
        await page.getByRole("link", { name: list.row.delete(MINE.live) }).click();
      },
      async () => {
        await page.getByLabel(list.row.select(MINE.live)).check();
        await page.getByRole("button", { name: shared.actions.delete, exact: true }).click();
      },
    ]) {
      await open();
      await dialog.waitFor();
      expect(await dialog.locator(":focus").innerText()).toBe(shared.actions.cancel);
      await page.keyboard.press("Enter");
      await dialog.waitFor({ state: "detached" });
    }
    expect(faults).toEqual([]);
    await close();
  });
});

/** Opens a page, with a link selected where there are some. */
async function open(page: Page, path: string): Promise<void> {
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.goto(path);
  if (path === "/links") await page.locator('[name="codes"]').first().check();
}

/** Puts on each theme in turn. */
async function* dressed(page: Page): AsyncGenerator<Theme> {
  let worn = "cerulean";
  for (const theme of inThisRun("themes", themeNames)) {
    if (theme !== worn)
      await page.evaluate(`inPage.dress("/${worn}", "${assetHref(`${theme}-page.css`)}")`);
    worn = theme;
    await page.evaluate("inPage.isDrawn()");
    yield theme;
  }
}
