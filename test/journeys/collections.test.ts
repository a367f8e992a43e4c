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
    site = await openSite({ settings: { "files.chunk_mb": 1 } });
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

  test("large files go in portions, and on where they stopped, beside small ones", async () => {
    const { page, faults, close } = await site.visit({ user: alice() });
    const offsets: (string | undefined)[] = [];
    let isBroken = true;
    await page.route("**/api/v1/uploads/*", async (route) => {
      const offset = route.request().headers()["upload-offset"];
      if (route.request().method() !== "PATCH") return await route.continue();
      offsets.push(offset);
      if (offset !== "0" && isBroken)
        return await route.fulfill({ status: 403, json: { code: "forbidden", detail: "Stop." } });
      await route.continue();
    });
    await page.goto("/add?link_type=collection");
    await field(page, "short_code").fill("large");
    await dropMany(page, 2);
    await dropLarge(page, "film.bin", 2_500_000);
    await create(page);
    await page.getByText("Stop.").waitFor();
    isBroken = false;
    await field(page, "short_code").fill("large-2");
    await create(page);
    await page.waitForURL(/\/-\/files\/large-2/);
    expect(offsets).toEqual(["0", "1048576", "1048576", "2097152"]);
    const files = await contentsOf(site.world, "large-2");
    expect(files.map(([path, text]) => [path, text.length])).toEqual([
      ["0.txt", 6],
      ["1.txt", 6],
      ["film.bin", 2_500_000],
    ]);
    expect(await site.world.app.files.uploads.list(as(alice()), { ownerId: alice().id })).toEqual(
      [],
    );
    expect(faults.filter((fault) => !fault.includes("403"))).toEqual([]);
    await close();
  });

  test.each([
    ["one collection", "one"],
    ["one link each", "each"],
  ])("a large file alone, as %s", async (_, choice) => {
    const { page, faults, close } = await site.visit({ user: alice() });
    await page.goto("/add?link_type=collection");
    await dropLarge(page, `${choice}.bin`, 1_200_000);
    await page.locator(`#each-${choice}`).check();
    await create(page);
    await page.waitForURL(choice === "one" ? /\/-\/links\// : /\/links$/);
    const { links } = await site.world.app.links.list(as(alice()), {
      ownerId: alice().id,
      limit: 1,
    });
    expect(links[0]?.kind).toBe(choice === "one" ? "collection" : "file");
    expect(await site.world.app.files.uploads.list(as(alice()), { ownerId: alice().id })).toEqual(
      [],
    );
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

async function dropLarge(page: Page, name: string, size: number): Promise<void> {
  await page.evaluate(`{
    const data = new DataTransfer();
    data.items.add(new File(["x".repeat(${size})], "${name}", { lastModified: 1000 }));
    document.querySelector("h1").dispatchEvent(
      new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
  }`);
}
