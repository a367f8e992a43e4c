/** What the list does with scripts beyond what it does without: it changes in place, and gets lost nowhere. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { text as list } from "../../src/web/links/list/text.en.ts";
import { text as linkText } from "../../src/web/links/text.en.ts";
import { text as shared } from "../../src/web/ui/text.en.ts";
import { browserIsAvailable } from "../browser.ts";
import { newLink } from "../share.ts";
import { as } from "../world.ts";
import { field } from "./fields.ts";
import { noticeOn, openSite, type Site, untilTrue } from "./pages.ts";

describe.skipIf(!browserIsAvailable)("the list in place", () => {
  let site: Site;

  beforeAll(async () => {
    site = await openSite();
    const { app, people } = site.world;
    for (let n = 1; n <= 60; n++) {
      const link = newLink({ shortCode: `place-${n}`, target: "https://example.com/" });
      await app.links.create(as(people.alice), { ownerId: people.alice.id }, link);
    }
  }, 120_000);

  afterAll(() => site.close());

  const visit = () => site.visit({ user: site.world.people.alice });

  test("sorting by a heading keeps the focus, and the order beside the search follows", async () => {
    const { page, faults, close } = await visit();
    await page.goto("/links");
    await page.getByRole("link", { name: shared.labels.visits }).press("Enter");
    await page.locator('th[aria-sort] [id="by-visits"]').waitFor();
    expect(await field(page, "sort").inputValue()).toBe("visits");
    expect(await page.evaluate("document.activeElement.id")).toBe("by-visits");
    await field(page, "direction").selectOption("asc");
    await page.locator('th[aria-sort="ascending"] [id="by-visits"]').waitFor();
    expect(page.url()).toEndWith("/links?sort=visits&direction=asc");
    expect(faults).toEqual([]);
    await close();
  });

  test("a QR code opens in a dialog and closes again", async () => {
    const { page, faults, close } = await visit();
    await page.goto("/links");
    await page.getByLabel(list.row.actions("place-60")).click();
    await page.getByRole("link", { name: list.row.qrCode("place-60") }).click();
    const dialog = page.getByRole("dialog", { name: linkText.qrCode.alt("place-60") });
    await dialog.waitFor();
    await untilTrue(page, "document.querySelector('dialog img').naturalWidth > 0");
    await dialog.getByRole("link", { name: shared.actions.close }).click();
    await dialog.waitFor({ state: "detached" });
    expect(new URL(page.url()).pathname).toBe("/links");
    expect(faults).toEqual([]);
    await close();
  });

  test("a row has its actions, also after the list has changed in place", async () => {
    const { page, faults, close } = await visit();
    await page.goto("/links");
    const row = (code: string) => page.getByRole("row", { name: code });
    const copy = row("place-60").getByRole("button", {
      name: shared.copying.label(list.row.shortLink("place-60")),
    });
    expect(await copy.getAttribute("data-copy")).toEndWith("/place-60");
    await page.getByRole("searchbox").fill("place-7");
    await page.getByText(list.found.all(1)).waitFor();
    await page.getByLabel(list.row.actions("place-7")).click();
    const menu = row("place-7").getByRole("list").getByRole("link");
    expect(await menu.allInnerTexts()).toEqual([
      shared.actions.open,
      list.row.qrCodeShort,
      shared.actions.edit,
      shared.actions.delete,
    ]);
    await row("place-7").locator("time").first().hover();
    await page.locator("time[title*='2026']").first().waitFor();
    await page.getByRole("link", { name: list.row.edit("place-7") }).click();
    await page.waitForURL(/\/edit_link\/place-7\?view=/);
    expect(faults).toEqual([]);
    await close();
  });

  test("without scripts, a link's name leads to its actions", async () => {
    const { page, faults, close } = await site.visit({
      user: site.world.people.alice,
      scripts: false,
    });
    await page.goto("/links");
    const row = page.getByRole("row", { name: "place-60" });
    await row.getByRole("link", { name: "place-60", exact: true }).click();
    for (const action of [
      page.getByRole("link", { name: `${new URL(page.url()).origin}/place-60` }),
      page.getByRole("img", { name: linkText.qrCode.alt("place-60") }),
      page.getByRole("link", { name: shared.actions.edit }),
    ])
      expect(await action.isVisible()).toBe(true);
    await page.getByRole("link", { name: shared.actions.delete }).click();
    await page.getByRole("button", { name: shared.actions.delete }).waitFor();
    expect(faults).toEqual([]);
    await close();
  });

  test("the next page starts at its top, and its pager keeps the focus", async () => {
    const { page, faults, close } = await visit();
    await page.goto("/links");
    await page.getByRole("link", { name: shared.pager.next }).press("Enter");
    const range = page.getByText(list.found.ofAll("51-60", 60));
    await range.waitFor();
    expect(await range.isVisible()).toBe(true);
    expect(await page.evaluate("document.activeElement.id")).toBe("page-next");
    expect(faults).toEqual([]);
    await close();
  });

  test("a refused expiry is explained beside its field, and keeps the selection", async () => {
    const { page, faults, close } = await visit();
    await page.goto("/links");
    await page.getByLabel(list.row.select("place-59")).check();
    await page.getByText(list.bulk.more, { exact: true }).click();
    await field(page, "expires_in").fill("soon");
    await page.getByRole("button", { name: list.bulk.setExpiry }).click();
    await page.locator("#expires_in-problem").waitFor();
    expect(await page.getByLabel(list.row.select("place-59")).isChecked()).toBe(true);
    await field(page, "expires_in").fill("2d");
    await field(page, "expires_in").press("Enter");
    expect(await noticeOn(page)).toBe("expiry_set");
    expect(faults).toEqual([]);
    await close();
  });

  test("a user who was signed out meanwhile signs in, and returns to the search", async () => {
    const { page, close } = await visit();
    await page.goto("/links");
    await page.context().clearCookies();
    await page.getByRole("searchbox").fill("place-7");
    await page.waitForURL(/auth\/login/);
    expect(new URL(page.url()).searchParams.get("next")).toStartWith("/links?q=place-7");
    await close();
  });
});
