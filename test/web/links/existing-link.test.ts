/** "You already have a link to this": the form asks, programs say what they want. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { text } from "../../../src/web/links/form/text.en.ts";
import { newLink } from "../../share.ts";
import { as, openTestApp, type World } from "../../world.ts";

const TARGET = "https://example.com/page";

let world: World;
let cookie: string;
beforeAll(async () => {
  world = await openTestApp();
  const { alice } = world.people;
  cookie = await world.signIn(alice);
  const link = newLink({ shortCode: "mine", target: TARGET, title: "<b>Mine</b>" });
  await world.app.links.create(as(alice), { ownerId: alice.id }, link);
});
afterAll(() => world.close());

async function count(): Promise<number> {
  const { alice } = world.people;
  return (await world.app.links.totals(as(alice), alice.id)).links;
}

function send(fields: Record<string, string>, accept = "text/html") {
  const init = { method: "POST", body: new URLSearchParams({ url: TARGET, ...fields }) };
  return world.request("/add", { ...init, headers: { cookie, accept } });
}

function sendJson(body: object) {
  return world.request("/add", {
    method: "POST",
    headers: { cookie, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
}

test("a form that asks gets the link and the form, and creates another one then", async () => {
  const before = await count();
  const asked = await send({ if_exists: "ask", form_id: "f1", title: "Mine too" });
  expect(asked.status).toBe(422);
  const page = await asked.text();
  expect(page).toContain(text.existing.heading);
  expect(page).toContain("/mine</a>");
  expect(page).toContain("&lt;b&gt;Mine&lt;/b&gt;");
  expect(page).toContain('value="Mine too"');
  expect(page).toContain('name="if_exists" value="create"');
  expect(await count()).toBe(before);
  const made = await send({ if_exists: "create", form_id: "f2", title: "Mine too" });
  expect(made.status).toBe(303);
  expect(await count()).toBe(before + 1);
});

test("a form that is sent twice is not asked about its own link", async () => {
  const fields = { if_exists: "ask", form_id: "f3", url: "https://example.com/twice" };
  const first = await send(fields);
  const again = await send(fields);
  expect([first.status, again.status]).toEqual([303, 303]);
  expect(again.headers.get("location")).toBe(first.headers.get("location"));
});

test("a short code of its own, another destination, and a form that does not ask create", async () => {
  for (const fields of [
    { if_exists: "ask", short_code: "own-code" },
    { if_exists: "ask", url: `${TARGET}/other` },
    {},
  ])
    expect((await send(fields)).status).toBe(303);
});

test("the script of a page gets the link as JSON", async () => {
  const asked = await send({ if_exists: "ask" }, "application/json");
  expect(asked.status).toBe(200);
  expect(await asked.json()).toMatchObject({ url: expect.stringMatching(/\/[\w-]+$/) });
  expect((await send({ if_exists: "create" }, "application/json")).status).toBe(201);
});

test("the form that a bookmark opens says so at once", async () => {
  const open = (path: string) =>
    world.request(path, { headers: { cookie } }).then((answer) => answer.text());
  const page = await open(`/add?url=${encodeURIComponent(TARGET)}`);
  expect(page).toContain(text.existing.heading);
  expect(page).toContain('name="if_exists" value="create"');
  for (const path of ["/add", "/add?url=https%3A%2F%2Fexample.com%2Fnew", "/add?url=nonsense:"]) {
    const other = await open(path);
    expect(other).not.toContain(text.existing.heading);
    expect(other).toContain('name="if_exists" value="ask"');
  }
});

test("find_if_exists returns the link that there is with 200, or else creates one", async () => {
  const target = "https://example.com/json";
  const first = await sendJson({ target, find_if_exists: true });
  const again = await sendJson({ target, find_if_exists: true });
  const titled = await sendJson({ target, title: "Other", find_if_exists: true });
  const plain = await sendJson({ target });
  expect([first.status, again.status, titled.status, plain.status]).toEqual([201, 200, 201, 201]);
  expect(await again.json()).toEqual(await first.json());
  expect((await sendJson({ target, find_if_exists: "yes" })).status).toBe(422);
});
