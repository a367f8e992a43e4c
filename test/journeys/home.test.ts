/** Adding a link from the home page, and choosing its code, with scripts. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { text } from "../../src/web/text.en.ts";
import { text as shared } from "../../src/web/ui/text.en.ts";
import { browserIsAvailable } from "../browser.ts";
import { as } from "../world.ts";
import { field } from "./fields.ts";
import { openSite, type Site } from "./pages.ts";

describe.skipIf(!browserIsAvailable)("in a browser with scripts", () => {
  let site: Site;

  beforeAll(async () => {
    site = await openSite();
  }, 120_000);

  afterAll(() => site.close());

  const linksOf = async (user: Site["world"]["people"]["alice"]) =>
    (await site.world.app.links.list(as(user), { ownerId: user.id, limit: 10 })).links;

  test("paste and Enter give an address, shown, said and copied, without leaving the page", async () => {
    const { alice } = site.world.people;
    const { page, faults, close } = await site.visit({ user: alice });
    await page.goto("/");
    const box = page.getByLabel(text.home.shortenUrl);
    expect(await page.evaluate("document.activeElement.id")).toBe("url");
    for (const name of ["first", "second"]) {
      await page.keyboard.insertText(`${site.elsewhere}/${name}`);
      await page.keyboard.press("Enter");
      await page.locator(`[data-home-news] a[href="${site.elsewhere}/${name}"]`).waitFor();
      expect(await box.inputValue()).toBe("");
    }
    const [newest] = await linksOf(alice);
    const address = `${site.origin}/${newest?.shortCode}`;
    expect(await page.locator("[data-add-result] a").getAttribute("href")).toBe(address);
    await page.getByText(shared.copying.copied).first().waitFor();
    expect(await linksOf(alice)).toHaveLength(2);
    expect(faults).toEqual([]);
    await close();
  });

  test("a code is judged while it is typed", async () => {
    const { page, faults, close } = await site.visit({ user: site.world.people.bob });
    await page.goto("/add");
    const code = field(page, "short_code");
    const verdict = page.locator(".verdict");
    await code.fill("login");
    await verdict.filter({ hasText: "login" }).waitFor();
    expect(await code.getAttribute("aria-invalid")).toBe("true");
    await code.fill("my-own");
    await verdict.filter({ hasText: "my-own" }).waitFor();
    expect(await code.getAttribute("aria-invalid")).toBe(null);
    expect(faults).toEqual([]);
    await close();
  });
});
