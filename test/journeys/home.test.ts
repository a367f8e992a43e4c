/** Adding a link from the home page, and choosing its code, with scripts. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { text as formText } from "../../src/web/links/form/text.en.ts";
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

  test("an address that has a link already gets that one, or another if it is asked for", async () => {
    const { bob } = site.world.people;
    const { page, faults, close } = await site.visit({ user: bob });
    const result = page.locator("[data-add-result]");
    const shortenAgain = async () => {
      await page.getByLabel(text.home.shortenUrl).fill(`${site.elsewhere}/again`);
      await page.keyboard.press("Enter");
      await result.locator("a").waitFor();
    };
    await page.goto("/");
    await shortenAgain();
    await page.reload();
    await shortenAgain();
    await result.getByText(text.home.exists).waitFor();
    const [only, ...others] = await linksOf(bob);
    expect(others).toEqual([]);
    expect(await result.locator("a").textContent()).toBe(`${site.origin}/${only?.shortCode}`);
    await result.getByRole("button", { name: text.home.createAnother }).click();
    await result.getByText(text.home.exists).waitFor({ state: "detached" });
    expect(await linksOf(bob)).toHaveLength(2);
    expect(faults).toEqual([]);
    await close();
  });

  test("without scripts, the form shows that link, and creates another one", async () => {
    const { admin } = site.world.people;
    const { page, close } = await site.visit({ user: admin, scripts: false });
    const shorten = async () => {
      await page.goto("/");
      await page.getByLabel(text.home.shortenUrl).fill(`${site.elsewhere}/plain`);
      await page.getByRole("button", { name: text.home.shorten, exact: true }).click();
    };
    await shorten();
    await shorten();
    await page.getByText(formText.existing.heading).waitFor();
    await page.getByRole("button", { name: formText.existing.createAnother }).click();
    await page.waitForURL(/\/-\/links\//);
    expect((await linksOf(admin)).length).toBe(2);
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
