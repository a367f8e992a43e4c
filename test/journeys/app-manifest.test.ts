/** The site as an app of a phone. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { href } from "../../src/http/urls.ts";
import { browserIsAvailable } from "../browser.ts";
import { openSite, type Site } from "./pages.ts";

describe.skipIf(!browserIsAvailable)("in a browser", () => {
  let site: Site;

  beforeAll(async () => {
    site = await openSite();
  }, 120_000);

  afterAll(() => site.close());

  test("the site's manifest is one to a browser", async () => {
    const { page, close } = await site.visit();
    await page.goto("/auth/login");
    const session = await page.context().newCDPSession(page);
    const { url, errors, data } = await session.send("Page.getAppManifest");
    expect([url, errors]).toEqual([site.origin + href("manifest"), []]);
    expect(JSON.parse(data ?? "")).toMatchObject({ name: "Trunk8", display: "standalone" });
    await close();
  });

  test("what another app shares fills in the form, also after signing in", async () => {
    const { alice } = site.world.people;
    const { page, close } = await site.visit({ user: alice });
    await page.goto(`/add?title=&text=${encodeURIComponent("Read https://example.com/shared")}`);
    expect(await page.locator("[name=url]").inputValue()).toBe("https://example.com/shared");
    expect(await page.locator("[name=title]").inputValue()).toBe("Read");
    await page.goto("/add?title=List&text=Milk%0ABread");
    expect(await page.locator("[name=markdown_text_content]").inputValue()).toBe("Milk\nBread");
    expect(await page.locator("[name=markdown_text_content]").isVisible()).toBe(true);
    await close();
    const visitor = await site.visit();
    await visitor.page.goto("/add?title=List&text=Milk");
    const next = new URL(visitor.page.url()).searchParams.get("next");
    expect(next).toBe("/add?title=List&text=Milk");
    await visitor.close();
  });

  test("a file that another app shares becomes a link by the form", async () => {
    const { page, close, faults } = await site.visit({ user: site.world.people.alice });
    await page.goto("/links");
    // As a browser posts it for the share target.
    await page.evaluate(
      `
      document.body.insertAdjacentHTML("beforeend", '<form id="shared" method="post"
        action="${href("share")}" enctype="multipart/form-data"><input name="files" type="file"></form>');
    `.replaceAll("\n", " "),
    );
    const file = { name: "note.txt", mimeType: "text/plain", buffer: Buffer.from("from a phone") };
    await page.locator("#shared input").setInputFiles(file);
    await page.evaluate("document.getElementById('shared').submit()");
    await page.locator("#file-help").getByText("note.txt").waitFor();
    await page.locator("[name=short_code]").fill("from-phone");
    await page.getByRole("button", { name: "Create" }).click();
    await page.waitForURL("**/-/links/from-phone");
    expect(await (await site.world.request("/from-phone")).text()).toBe("from a phone");
    expect(faults).toEqual([]);
    await close();
  });
});
