/** Every page looks the same with the whole sheet of its theme: what is cut from it is on none. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Theme } from "../../src/config/values/themes.ts";
import { type AssetName, assetOf } from "../../src/web/static/asset.ts";
import { themeFiles } from "../../src/web/static/themes/theme-files.ts";
import { themeSheet } from "../../src/web/static/themes/theme-sheet.ts";
import { browserIsAvailable } from "../browser.ts";
import { inThisRun } from "../nightly/nightly.ts";
import { everyPage, openRow, userOf } from "./every-page.ts";
import { openSite, type Site, visitsBy } from "./pages.ts";
import { addSamples } from "./sample.ts";

const THEME: Theme = "cerulean";

const IN_THEME = new URL("in-theme.js", import.meta.url).pathname;

const WHOLE = "/static/whole-";

describe.skipIf(!browserIsAvailable)("the whole theme changes nothing on", () => {
  let site: Site;
  const visitOf = visitsBy(() => site);

  beforeAll(async () => {
    site = await openSite();
    await addSamples(site.world, site.world.people.alice);
  }, 120_000);

  afterAll(() => site.close());

  const rows = inThisRun("cut-theme", everyPage);
  test.each(rows.map((row) => [row.name, row] as const))("%s", async (_, row) => {
    const { page } = await visitOf(userOf(site.world.people, row));
    const kind = row.isDocument ? "document" : "page";
    await page.addInitScript({ path: IN_THEME });
    await page.route(`**${WHOLE}*`, async (route) =>
      route.fulfill({ contentType: "text/css", body: await wholeSheet(kind) }),
    );
    await openRow(page, row);
    await page.waitForLoadState("networkidle");
    await page.evaluate("inPage.isDrawn()");
    expect(await page.evaluate<number>("inTheme.keepLooks()")).toBeGreaterThan(0);
    await page.evaluate(`inPage.dress("/${THEME}", "${WHOLE}${kind}")`);
    await page.evaluate("inPage.isDrawn()");
    expect(await page.evaluate<string[]>("inTheme.changedLooks()")).toEqual([]);
  });
});

/** A joined sheet whose theme is not cut. */
async function wholeSheet(kind: "page" | "document"): Promise<string> {
  const read = (name: AssetName) => Buffer.from(assetOf(name).bytes.plain).toString();
  const cut = read(`${THEME}.css`);
  const original = await Bun.file(themeFiles[THEME]).text();
  const whole = themeSheet(
    THEME,
    original,
    (file) => assetOf(file).hashedName,
    () => true,
  );
  return whole + read(`${THEME}-${kind}.css`).slice(cut.length);
}
