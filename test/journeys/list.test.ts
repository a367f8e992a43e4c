/** What the list does with scripts beyond what it does without: it changes in place, and gets lost nowhere. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { inputContext } from "../../src/links/input/link-schema.ts";
import { parseNewLink } from "../../src/links/link-input.ts";
import { text } from "../../src/links/text.en.ts";
import { browserIsAvailable } from "../browser.ts";
import { as } from "../world.ts";
import { noticeOn, openSite, type Site } from "./pages.ts";

describe.skipIf(!browserIsAvailable)("the list in place", () => {
  let site: Site;

  beforeAll(async () => {
    site = await openSite();
    const { app, people } = site.world;
    for (let n = 1; n <= 60; n++) {
      const link = parseNewLink(
        { short_code: `place-${n}`, url: "https://example.com/" },
        inputContext(app, []),
      );
      await app.links.create(as(people.alice), { ownerId: people.alice.id }, link);
    }
  }, 120_000);

  afterAll(() => site.close());

  const visit = () => site.visit({ user: site.world.people.alice });

  test("sorting by a head keeps the focus, and the order beside the search follows", async () => {
    const { page, faults, close } = await visit();
    await page.goto("/links");
    await page.getByRole("link", { name: "Visits" }).press("Enter");
    await page.locator('th[aria-sort] [id="by-visits"]').waitFor();
    expect(await page.getByLabel("Sorted by").inputValue()).toBe("visits");
    expect(await page.evaluate("document.activeElement.id")).toBe("by-visits");
    await page.getByLabel("Order").selectOption("Ascending");
    await page.locator('th[aria-sort="ascending"] [id="by-visits"]').waitFor();
    expect(page.url()).toEndWith("/links?sort=visits&direction=asc");
    expect(faults).toEqual([]);
    await close();
  });

  test("the next page begins at its top, and the way on keeps the focus at the end", async () => {
    const { page, faults, close } = await visit();
    await page.goto("/links");
    await page.getByRole("link", { name: "Next" }).press("Enter");
    await page.getByText("51-60 of 60 links").waitFor();
    expect(await page.getByText("51-60 of 60 links").isVisible()).toBe(true);
    expect(await page.evaluate("document.activeElement.id")).toBe("page-next");
    expect(faults).toEqual([]);
    await close();
  });

  test("an expiry that is refused is told beside the field, with all boxes as they were", async () => {
    const { page, faults, close } = await visit();
    await page.goto("/links");
    await page.getByLabel("Select place-59").check();
    await page.getByLabel("Stop working after").fill("soon");
    await page.getByRole("button", { name: "Set expiry" }).click();
    expect(await page.locator("#expires_in-problem").textContent()).toContain(
      text.expiry.unreadable,
    );
    expect(await page.getByLabel("Select place-59").isChecked()).toBe(true);
    await page.getByLabel("Stop working after").fill("2d");
    await page.getByLabel("Stop working after").press("Enter");
    expect(await noticeOn(page)).toBe("expiry_set");
    expect(faults).toEqual([]);
    await close();
  });

  test("who was signed out meanwhile signs in, and is where they searched", async () => {
    const { page, close } = await visit();
    await page.goto("/links");
    await page.context().clearCookies();
    await page.getByRole("searchbox").fill("place-7");
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    expect(new URL(page.url()).searchParams.get("next")).toStartWith("/links?q=place-7");
    await close();
  });
});
