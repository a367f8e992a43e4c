/** Forms of links that are left with unsaved changes. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { browserIsAvailable } from "../browser.ts";
import { newLink } from "../share.ts";
import { as } from "../world.ts";
import { field, send } from "./fields.ts";
import { openSite, type Site } from "./pages.ts";

describe.skipIf(!browserIsAvailable)("the form of a link", () => {
  let site: Site;

  beforeAll(async () => {
    site = await openSite();
    const { app, people } = site.world;
    const link = newLink({ shortCode: "kept", target: "https://example.com/" });
    await app.links.create(as(people.alice), { ownerId: people.alice.id }, link);
  }, 120_000);

  afterAll(() => site.close());

  const visit = () => site.visit({ user: site.world.people.alice });

  /** Typed with the keyboard: browsers ask only where a person has done something. */
  async function type(page: Page, name: string): Promise<void> {
    await field(page, name).click();
    await page.keyboard.type("changed");
  }

  const leave = (page: Page) => page.locator("header a[href='/links']").first().click();

  /** Notes what the page asks; tests of journeys always leave. */
  function asked(page: Page): string[] {
    const types: string[] = [];
    page.on("dialog", (dialog) => void types.push(dialog.type()));
    return types;
  }

  const ASKED = ["beforeunload"];

  test.each([
    ["a title, of a redirect", "/edit_link/kept", "title"],
    ["a destination, of a new link", "/add", "url"],
    ["a short code, of a new document", "/add?link_type=markdown", "short_code"],
  ])("asks before it is left with a changed field: %s", async (_, path, name) => {
    const { page, faults, close } = await visit();
    const questions = asked(page);
    await page.goto(path);
    await type(page, name);
    await leave(page);
    await page.waitForURL(/\/links$/);
    expect(questions).toEqual(ASKED);
    expect(faults).toEqual([]);
    await close();
  });

  test("asks also after it was refused", async () => {
    const { page, close } = await visit();
    const questions = asked(page);
    await page.goto("/add");
    await field(page, "url").fill("https://example.com/");
    await field(page, "short_code").fill("login");
    await send(page, "url");
    await page.locator("#short_code-problem").waitFor();
    await field(page, "title").click();
    await leave(page);
    await page.waitForURL(/\/links$/);
    expect(questions).toEqual(ASKED);
    await close();
  });

  test("does not ask if nothing was changed, or what was changed is undone", async () => {
    const { page, faults, close } = await visit();
    const questions = asked(page);
    await page.goto("/edit_link/kept");
    await type(page, "title");
    await field(page, "title").fill("");
    await leave(page);
    await page.waitForURL(/\/links$/);
    expect(questions).toEqual([]);
    expect(faults).toEqual([]);
    await close();
  });

  test("does not ask when it is saved, or for a text that a draft keeps", async () => {
    const { page, faults, close } = await visit();
    const questions = asked(page);
    await page.goto("/edit_link/kept");
    await type(page, "title");
    await send(page, "title");
    await page.locator('[data-notice="saved"]').waitFor();
    await page.goto("/add?link_type=markdown");
    await type(page, "markdown_text_content");
    await type(page, "title");
    await leave(page);
    await page.waitForURL(/\/links$/);
    expect(questions).toEqual([]);
    expect(faults).toEqual([]);
    await close();
  });
});
