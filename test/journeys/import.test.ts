/** Many links at once: pasted on a phone without scripts, and as a file with scripts, whose import is watched. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { runCsvImport } from "../../src/import/csv/run-csv-import.ts";
import { runRestores } from "../../src/user-backup/restores/restore-queue.ts";
import { text } from "../../src/web/links/csv/text.en.ts";
import { text as form } from "../../src/web/links/form/text.en.ts";
import { text as list } from "../../src/web/links/list/text.en.ts";
import { browserIsAvailable } from "../browser.ts";
import { field, send } from "./fields.ts";
import { DESK, openSite, PHONE, type Site } from "./pages.ts";

const PASTED = ["url,code,title", "example.org/a,a-1,First", "javascript:x,a-2,Second"].join("\n");

describe.skipIf(!browserIsAvailable)("an import", () => {
  let site: Site;
  beforeAll(async () => {
    site = await openSite();
  }, 120_000);
  afterAll(() => site.close());

  test.each([
    ["on a phone, without scripts", PHONE, false],
    ["at a desk, with scripts", DESK, true],
  ])("of a pasted list, %s", async (_, width, scripts) => {
    const user = scripts ? site.world.people.bob : site.world.people.alice;
    const { page, faults, close } = await site.visit({ user, width, scripts });
    await page.goto("/links");
    await page.getByRole("link", { name: list.import, exact: true }).click();
    await field(page, "links").fill(PASTED.replaceAll("a-", scripts ? "b-" : "a-"));
    await send(page, "links");
    await page.getByText(text.preview.faults(1)).waitFor();
    await page.getByText(text.preview.links(1)).waitFor();
    const isWide = "document.documentElement.scrollWidth > innerWidth";
    expect(await page.evaluate(isWide)).toBe(false);
    await page.getByRole("button", { name: text.preview.importGood(1) }).click();
    await page.getByText(text.progress.done).waitFor();
    expect(await page.evaluate(isWide)).toBe(false);
    await page.getByRole("link", { name: scripts ? "b-1" : "a-1" }).click();
    await page.getByText("https://example.org/a").first().waitFor();
    expect(faults).toEqual([]);
    await close();
  });

  test.each([
    ["with scripts, in place", true],
    ["without scripts, by itself", false],
  ])("of a large file is watched %s", async (_, scripts) => {
    const user = site.world.people.alice;
    const { page, faults, close } = await site.visit({ user, scripts });
    const rows = Array.from({ length: 1200 }, (_, at) => `https://example.org/pages/${at}`);
    const buffer = Buffer.from(`url\n${rows.join("\n")}\nnothing\n`);
    await page.goto("/add");
    await page.getByRole("link", { name: form.importMany }).click();
    const file = { name: "links.csv", mimeType: "text/csv", buffer };
    await field(page, "file").setInputFiles(file);
    await send(page, "file");
    await page.getByRole("button", { name: text.preview.importGood(1200) }).click();
    await page.getByText(text.progress.waiting).waitFor();
    await runRestores(site.world.app, { importCsv: runCsvImport });
    await page.getByText(text.progress.done).waitFor();
    const arriving = page.waitForEvent("download");
    await page.getByRole("link", { name: text.progress.download }).click();
    const downloaded = await (await arriving).createReadStream();
    const refused = Buffer.concat(await Array.fromAsync(downloaded)).toString();
    expect(refused).toStartWith("url,line,reason\r\nnothing,1202,destination: ");
    expect(faults).toEqual([]);
    await close();
  });
});
