/** Every page before axe-core, in a light theme, a dark one and a loud one; and on a phone. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { AxeResults, RunOptions } from "axe-core";
import type { Page } from "playwright-core";
import type { Theme } from "../../src/config/values/themes.ts";
import { assetHref } from "../../src/web/static/asset.ts";
import { browserIsAvailable } from "../browser.ts";
import { inThisRun } from "../nightly/nightly.ts";
import { everyPage, openRow, userOf } from "./every-page.ts";
import { openSite, overflow, PHONE, type Site, visitsBy } from "./pages.ts";
import { addSamples } from "./sample.ts";

const axeSource = await Bun.file(Bun.resolveSync("axe-core/axe.min.js", import.meta.dir)).text();

/** What a theme can spoil. */
const COLOURS: RunOptions = { runOnly: ["color-contrast", "link-in-text-block"] };

const otherThemes: readonly Theme[] = ["darkly", "vapor"];

const inOtherThemes = new Set(inThisRun("axe-themes", everyPage));

describe.skipIf(!browserIsAvailable)("axe finds nothing serious, and a phone shows all, on", () => {
  let site: Site;
  const visitOf = visitsBy(() => site, { bypassCSP: true });

  beforeAll(async () => {
    site = await openSite();
    await addSamples(site.world, site.world.people.alice);
  }, 120_000);

  afterAll(() => site.close());

  test.each(everyPage.map((row) => [row.name, row] as const))("%s", async (_, row) => {
    const { page, faults } = await visitOf(userOf(site.world.people, row));
    const before = faults.length;
    await openRow(page, row);
    const found = [...(await examine(page)), ...(await examineOnPhone(page))];
    for (const [at, theme] of inOtherThemes.has(row) ? otherThemes.entries() : []) {
      const worn = otherThemes[at - 1] ?? "cerulean";
      await page.evaluate(
        `inPage.dress("/${worn}", "${assetHref(`${theme}-${row.isDocument ? "document" : "page"}.css`)}")`,
      );
      found.push(...(await examine(page, COLOURS)).map((fault) => `${theme}: ${fault}`));
    }
    expect([...faults.slice(before), ...found]).toEqual([]);
  });
});

async function examine(page: Page, options: RunOptions = {}): Promise<string[]> {
  if (!(await page.evaluate<boolean>("'axe' in window"))) {
    await page.addScriptTag({ content: axeSource });
  }
  const { violations } = await page.evaluate<AxeResults>(
    `axe.run(${JSON.stringify({ resultTypes: ["violations"], preload: false, ...options })})`,
  );
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`),
    );
}

async function examineOnPhone(page: Page): Promise<string[]> {
  const size = page.viewportSize();
  await page.setViewportSize({ width: PHONE, height: 800 });
  const beyond = await overflow(page);
  if (size !== null) await page.setViewportSize(size);
  return beyond > 0 ? [`${beyond} pixels wider than a phone`] : [];
}
