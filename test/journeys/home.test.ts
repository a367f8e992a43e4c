/** Adding a link from the home page, and choosing its code, with scripts. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { text } from "../../src/links/text.en.ts";
import { text as formText } from "../../src/web/links/form/text.en.ts";
import { browserIsAvailable } from "../browser.ts";
import { as } from "../world.ts";
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
    const box = page.getByLabel("Shorten an address");
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
    await page.getByText("Copied").first().waitFor();
    expect(await linksOf(alice)).toHaveLength(2);
    expect(faults).toEqual([]);
    await close();
  });

  test("a code is judged while it is typed", async () => {
    const { page, faults, close } = await site.visit({ user: site.world.people.bob });
    await page.goto("/add");
    const code = page.getByLabel("Short code");
    for (const [typed, verdict] of [
      ["login", text.shortCode.reserved("login")],
      ["my-own", formText.codeIsFree("my-own")],
    ] as const) {
      await code.fill(typed);
      await page.getByText(verdict).waitFor();
    }
    expect(await code.getAttribute("aria-invalid")).toBe(null);
    expect(faults).toEqual([]);
    await close();
  });
});
