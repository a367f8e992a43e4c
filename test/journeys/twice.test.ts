/** A form that is sent twice by an impatient hand is obeyed once. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { browserIsAvailable } from "../browser.ts";
import { readPage } from "../web/read-page.ts";
import { as, form, openTestApp } from "../world.ts";
import { openSite, type Site } from "./pages.ts";

describe.skipIf(!browserIsAvailable)("a double click on Create makes one link", () => {
  let site: Site;

  beforeAll(async () => {
    site = await openSite();
  }, 120_000);

  afterAll(() => site.close());

  test.each([
    ["with scripts", true],
    ["without", false],
  ])("%s", async (_, scripts) => {
    const { people, app } = site.world;
    const user = scripts ? people.alice : people.bob;
    const { page, faults, close } = await site.visit({ user, scripts });
    await page.goto(`/add?url=${encodeURIComponent(`${site.elsewhere}/twice`)}`);
    await page.locator('main form:has([name="url"]) .btn-primary').dblclick();
    await page.waitForURL(/\/-\/links\//);
    const { links } = await app.links.list(as(user), { ownerId: user.id, limit: 10 });
    expect(links.map(({ target }) => String(target))).toEqual([`${site.elsewhere}/twice`]);
    expect(faults).toEqual([]);
    await close();
  });
});

test("two posts of the same form make one link, and lead to the same page", async () => {
  const world = await openTestApp();
  const { alice } = world.people;
  const cookie = await world.signIn(alice);
  const page = await readPage(await world.request("/add", { headers: { cookie } }));
  const fields = { ...page.values, url: "https://example.org/twice" };
  const answers = await Promise.all([
    world.request("/add", form(fields, cookie)),
    world.request("/add", form(fields, cookie)),
  ]);
  const [first, second] = answers.map(({ headers }) => headers.get("location"));
  expect(answers.map(({ status }) => status)).toEqual([303, 303]);
  expect(first).toBe(second ?? "");
  const { total } = await world.app.links.list(as(alice), { ownerId: alice.id, limit: 10 });
  expect(total).toBe(1);
  await world.close();
});
