import { afterAll, beforeAll, expect, test } from "bun:test";
import { href } from "../../../src/http/urls.ts";
import { operator } from "../../../src/policy.ts";
import { newLink } from "../../share.ts";
import { as, openTestApp, type World } from "../../world.ts";

let world: World;
let cookie: string;
beforeAll(async () => {
  world = await openTestApp();
  cookie = await world.signIn(world.people.alice);
  await make("one", ["News", "b&b"]);
  await make("two", ["news"]);
});
afterAll(() => world.close());

async function make(shortCode: string, tags: string[]): Promise<void> {
  const { alice } = world.people;
  const link = newLink({ shortCode, target: "https://example.com/", tags });
  await world.app.links.create(as(alice), { ownerId: alice.id }, link);
}

const tagsOf = async (code: string) => (await world.app.links.get(operator, code)).tags;

async function ask(path: string, init: RequestInit = {}) {
  return await world.request(path, { ...init, headers: { cookie, ...init.headers } });
}

const form = (fields: Record<string, string>) => ({
  method: "POST",
  body: new URLSearchParams(fields),
});

async function send(body: unknown) {
  const headers = { "content-type": "application/json" };
  const response = await ask("/-/tags", { method: "POST", headers, body: JSON.stringify(body) });
  const { count = null } = (await response.json()) as { count?: number };
  return { status: response.status, count };
}

test("lists the tags with the number of their links, as a page and as JSON", async () => {
  const page = await (await ask("/-/tags")).text();
  expect(page).toContain('href="/links?tag=b%26b"');
  expect(page).toContain(">b&amp;b<");
  const json = await ask("/-/tags", { headers: { accept: "application/json" } });
  expect(await json.json()).toEqual({
    tags: [
      { name: "b&b", links: 1 },
      { name: "News", links: 2 },
    ],
  });
  const suggested = await ask("/-/tags?prefix=NE");
  expect(await suggested.json()).toEqual({ tags: ["News"] });
});

test("a list filtered by tags has their links, and rows have links to their tags", async () => {
  const list = await (await ask("/links?tag=NEWS,b%26b")).text();
  expect(list).toContain('value="one"');
  expect(list).not.toContain('value="two"');
  expect(list).toContain('<div class=tags><a dir=auto href="/links?tag=b%26b">');
  const none = await (await ask("/links?tag=news&tag=b%26b&tags=none")).text();
  expect(none).not.toContain('value="one"');
  const any = await (await ask("/links?tag=news&tag=nothing&tags=any")).text();
  expect(any).toContain('value="two"');
});

test("a form of a link keeps, changes and clears tags", async () => {
  const edit = async (fields: Record<string, string>) =>
    (
      await ask(
        href("editLink", { shortCode: "one" }),
        form({ url: "https://example.com/", ...fields }),
      )
    ).status;
  expect(await (await ask(href("editLink", { shortCode: "one" }))).text()).toContain(
    'value="b&amp;b, News"',
  );
  expect(await edit({ title: "x" })).toBe(303);
  expect(await tagsOf("one")).toEqual(["b&b", "News"]);
  expect(await edit({ tags: "x, y" })).toBe(303);
  expect(await tagsOf("one")).toEqual(["x", "y"]);
  expect(await edit({ tags: "y".repeat(51) })).toBe(422);
  expect(await edit({ tags: " " })).toBe(303);
  expect(await tagsOf("one")).toEqual([]);
  expect(await edit({ tags: "News, b&b" })).toBe(303);
});

test("adds and removes tags of several links, by form and by JSON", async () => {
  const fields = { codes: "one,two", tags: "Blue, green" };
  expect((await ask("/-/links", form({ ...fields, action: "add_tags" }))).status).toBe(303);
  expect(await tagsOf("two")).toEqual(["Blue", "green", "News"]);
  const body = { codes: ["one", "two"], action: "remove_tags", tags: ["BLUE", "GREEN"] };
  const headers = { "content-type": "application/json" };
  const json = { method: "POST", headers, body: JSON.stringify(body) };
  expect(await (await ask("/-/links", json)).json()).toMatchObject({ count: 2 });
  expect(await tagsOf("two")).toEqual(["News"]);
  const refused = await ask("/-/links", form({ codes: "one", action: "add_tags", tags: " , " }));
  expect(refused.status).toBe(422);
});

test("renames, merges and deletes by form and by JSON; a refused form comes back", async () => {
  const refused = await ask("/-/tags", form({ action: "rename", tag: "news", to: "B&B" }));
  expect(refused.status).toBe(422);
  expect(await refused.text()).toContain('value="B&amp;B"');
  const renamed = await ask("/-/tags", form({ action: "rename", tag: "news", to: "Current" }));
  expect(renamed.status).toBe(303);
  expect(await tagsOf("two")).toEqual(["Current"]);
  expect(await send({ action: "merge", tag: "current", to: "b&b" })).toEqual({
    status: 200,
    count: 2,
  });
  expect(await tagsOf("one")).toEqual(["b&b"]);
  expect(await send({ action: "delete", tag: "no such" })).toMatchObject({ status: 404 });
  expect(await send({ action: "delete", tag: "b&b" })).toEqual({ status: 200, count: 2 });
  expect(await send({ action: "paint", tag: "b&b" })).toMatchObject({ status: 422 });
});
