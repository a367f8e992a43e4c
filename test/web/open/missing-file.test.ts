import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { pino } from "pino";
import { hasContent, kinds } from "../../../src/links/link.ts";
import { text } from "../../../src/web/open/text.en.ts";
import { importWithoutFile } from "../../imported-links.ts";
import { as, databases, openTestApp, type World } from "../../world.ts";
import { readPage } from "../read-page.ts";

const kindsWithFile = kinds.filter(hasContent);

describe.each(databases)("a link that was imported without its file on %s", (database) => {
  let world: World;
  const logged: { readonly level: number; readonly linkId?: number }[] = [];

  beforeAll(async () => {
    const log = pino({}, { write: (line) => void logged.push(JSON.parse(line)) });
    world = await openTestApp({ database, log });
    for (const kind of kindsWithFile)
      await importWithoutFile(world, world.people.alice, { code: `no-${kind}`, kind });
  });
  afterAll(() => world.close());

  test.each([...kindsWithFile])("of kind %s answers 404 with a page that says so", async (kind) => {
    const response = await world.request(`/no-${kind}`);
    expect(response.status).toBe(404);
    expect((await readPage(response)).text).toContain(text.problem.noFile);
    expect((await world.request(`/no-${kind}`, { method: "HEAD" })).status).toBe(404);
  });

  test("has no viewer page and no preview", async () => {
    expect((await world.request("/-/view/no-file")).status).toBe(404);
    const cookie = await world.signIn(world.people.alice);
    for (const kind of ["markdown", "html"]) {
      const headers = { cookie, "sec-fetch-dest": "iframe" };
      const preview = await world.request(`/-/preview/no-${kind}`, { headers });
      expect(preview.status).toBe(404);
    }
  });

  test("is logged once, as a warning, however often it is opened", async () => {
    for (let time = 0; time < 3; time++) await world.request("/no-file");
    const { id } = await world.app.links.get(as(world.people.alice), "no-file");
    expect(logged.filter(({ linkId }) => linkId === id)).toEqual([
      expect.objectContaining({ level: 40 }),
    ]);
    expect(logged.filter(({ level }) => level >= 50)).toEqual([]);
  });

  test("counts no visit", async () => {
    await world.request("/no-file");
    await world.app.visits.flush();
    expect((await world.app.links.get(as(world.people.alice), "no-file")).visits).toBe(0);
  });
});
