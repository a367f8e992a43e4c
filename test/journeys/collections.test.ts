/** Collections in a browser: 100 files dropped at once, with and without scripts, on a desk and a phone. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { browserIsAvailable } from "../browser.ts";
import { contentsOf } from "../links/files/collection.ts";
import { as } from "../world.ts";
import { field } from "./fields.ts";
import { openSite, PHONE, type Site } from "./pages.ts";

const COUNT = 100;

describe.skipIf(!browserIsAvailable)("collections", () => {
  let site: Site;
  beforeAll(async () => {
    site = await openSite();
  }, 120_000);
  afterAll(() => site.close());

  const alice = () => site.world.people.alice;

  test("100 files dropped at once become one collection", async () => {
    const { page, faults, close } = await site.visit({ user: alice() });
    await page.goto("/add?link_type=collection");
    await dropMany(page, COUNT);
    await page.getByText(`Files chosen: ${COUNT}`).waitFor();
    await field(page, "short_code").fill("dropped");
    await create(page);
    await page.waitForURL(/\/-\/files\/dropped/);
    const files = await contentsOf(site.world, "dropped");
    expect(files).toHaveLength(COUNT);
    expect(files[99]).toEqual(["99.txt", "file 99"]);
    expect(faults).toEqual([]);
    await close();
  });

  test("or one link each", async () => {
    const { page, faults, close } = await site.visit({ user: alice() });
    const before = await total();
    await page.goto("/add?link_type=collection");
    await dropMany(page, 5);
    await page.getByLabel("One link each").check();
    await create(page);
    await page.waitForURL(/\/links$/);
    expect(await total()).toBe(before + 5);
    expect(faults).toEqual([]);
    await close();
  });

  test("are made, changed and downloaded without scripts, on a phone", async () => {
    const { page, faults, close } = await site.visit({
      user: alice(),
      scripts: false,
      width: PHONE,
    });
    await page.goto("/add?link_type=collection");
    await page.locator("#files").setInputFiles(filesOf("one.txt", "two.txt", "three.txt"));
    await field(page, "short_code").fill("plain");
    await create(page);
    await page.goto("/-/files/plain");
    await page.getByLabel("Title of two.txt").fill("The second");
    await page.getByLabel("Position of three.txt").fill("1");
    await page.getByLabel("Remove one.txt").check();
    await page.getByRole("button", { name: "Save" }).click();
    await page.locator("#files").setInputFiles(filesOf("two.txt", "four.txt"));
    await page.getByRole("button", { name: "Upload" }).click();
    const names = (await contentsOf(site.world, "plain")).map(([path]) => path);
    expect(names).toEqual(["three.txt", "two.txt", "four.txt"]);

    await page.goto("/plain");
    await page.getByText("The second").waitFor();
    await page.getByLabel("Select four.txt").check();
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Download selected" }).click(),
    ]);
    expect(download.suggestedFilename()).toBe("plain.zip");
    await download.delete();
    expect(faults).toEqual([]);
    await close();
  });

  const total = async () =>
    (await site.world.app.links.list(as(alice()), { ownerId: alice().id, limit: 1 })).total;
});

function filesOf(...names: readonly string[]) {
  return names.map((name) => ({ name, mimeType: "text/plain", buffer: Buffer.from(name) }));
}

async function create(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Create" }).click();
}

async function dropMany(page: Page, count: number): Promise<void> {
  await page.evaluate(`{
    const data = new DataTransfer();
    for (let at = 0; at < ${count}; at++) data.items.add(new File(["file " + at], at + ".txt"));
    document.querySelector("h1").dispatchEvent(
      new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
  }`);
}
