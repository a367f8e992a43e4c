/** Options of links in the browser: a password that is asked for, and tags that are suggested. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { text } from "../../src/web/open/text.en.ts";
import { browserIsAvailable } from "../browser.ts";
import { newLink } from "../share.ts";
import { as } from "../world.ts";
import { field, send } from "./fields.ts";
import { DESK, openSite, PHONE, type Site } from "./pages.ts";

const visits = [
  ["on a desk, with scripts", { width: DESK, scripts: true }],
  ["on a desk, without", { width: DESK, scripts: false }],
  ["on a phone, with scripts", { width: PHONE, scripts: true }],
  ["on a phone, without", { width: PHONE, scripts: false }],
] as const;

describe.skipIf(!browserIsAvailable)("options of links", () => {
  let site: Site;
  let made = 0;

  beforeAll(async () => {
    site = await openSite();
  }, 120_000);

  afterAll(() => site.close());

  const make = async (input: object) => {
    const { alice } = site.world.people;
    const link = newLink({ shortCode: `o${++made}`, target: `${site.elsewhere}/in`, ...input });
    return (await site.world.app.links.create(as(alice), { ownerId: alice.id }, link)).shortCode;
  };

  test.each(visits)("a password opens a link %s", async (_, options) => {
    const code = await make({ password: "open sesame", forwardQuery: true });
    const { page, close } = await site.visit(options);
    await page.goto(`/${code}?from=mail&a=%C3%BC`);
    const password = field(page, "password");
    expect(await page.locator("label[for=password]").innerText()).toBe(text.gate.password);
    await password.fill("not this one");
    await send(page, "password");
    await page.locator("#password-problem").waitFor();
    expect(await page.locator("#password-problem").innerText()).toBe(text.gate.wrong);
    expect(await password.getAttribute("aria-invalid")).toBe("true");
    expect(await password.getAttribute("aria-describedby")).toContain("password-problem");
    expect(await password.inputValue()).toBe("");
    if (options.scripts)
      expect(await page.evaluate("document.activeElement.name")).toBe("password");
    await password.fill("open sesame");
    await password.press("Enter");
    await page.waitForURL(`${site.elsewhere}/in?from=mail&a=%C3%BC`);
    await close();
  });

  test.each(visits)("tags of a new link %s", async (_, options) => {
    const { alice } = site.world.people;
    await make({ tags: ["Zebra crossing", "Zoo", "Übung"] });
    const { page, faults, close } = await site.visit({ user: alice, ...options });
    await page.goto("/add");
    // A destination that has a link already would be asked about.
    await field(page, "url").fill(`https://example.org/${crypto.randomUUID()}`);
    const tags = field(page, "tags");
    if (options.scripts) {
      await tags.pressSequentially("first,ZEB");
      const suggested = page.locator(".suggestions [role=option]");
      await suggested.filter({ hasText: "Zebra crossing" }).waitFor();
      expect(await suggested.count()).toBe(1);
      await tags.press("ArrowDown");
      expect(await tags.getAttribute("aria-activedescendant")).not.toBeNull();
      await tags.press("Enter");
      expect(await tags.inputValue()).toBe("first, Zebra crossing");
      expect(await suggested.isVisible()).toBe(false);
      // A datalist would leave out what differs in accents.
      await tags.pressSequentially(",ubu");
      await suggested.filter({ hasText: "Übung" }).click();
      expect(await tags.inputValue()).toBe("first, Zebra crossing, Übung");
    } else await tags.fill("first, zebra CROSSING, ÜBUNG");
    await send(page, "url");
    await page.waitForURL(/\/-\/links\//);
    const code = page.url().split("/").at(-1) ?? "";
    const { tags: saved } = await site.world.app.links.get(as(alice), code);
    expect(saved).toEqual(["first", "Übung", "Zebra crossing"]);
    expect(faults).toEqual([]);
    await close();
  });
});
