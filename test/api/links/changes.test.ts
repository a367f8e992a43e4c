/** Changes of all links of a list by the API. */
import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import { href } from "../../../src/http/urls.ts";
import { runBulk } from "../../../src/jobs/run-bulk.ts";
import { operator } from "../../../src/policy.ts";
import { runRestores } from "../../../src/user-backup/restores/restore-queue.ts";
import { type ApiWorld, type Asked, openApiWorld } from "../api-world.ts";

let world: ApiWorld;
let made = 0;
beforeAll(async () => {
  world = await openApiWorld({ settings: { "links.trash_days": 30 } });
});
afterAll(() => world.close());

/** Two links with a tag of their own, and one without it. */
let tag = "";
beforeEach(async () => {
  tag = `t${++made}`;
  for (const [shortCode, tags] of [
    ["a", [tag]],
    ["b", [tag]],
    ["c", []],
  ] as const)
    await world.ask("PUT", at(shortCode), { json: { target: "https://a.example/", tags } });
});

const at = (shortCode: string) => href("apiLink", { shortCode: `${shortCode}-${tag}` });

const change = (json: object, asked: Asked = {}) =>
  world.ask("POST", href("apiChanges"), { ...asked, json: { filter: { tag: [tag] }, ...json } });

/** Starts a change, lets it run, and reads how it went. */
async function changed(json: object, asked: Asked = {}) {
  const { status, headers } = await change(json, asked);
  expect(status).toBe(202);
  return await ended(headers.get("location"));
}

async function ended(path: string | null) {
  await runRestores(world.app, { changeLinks: runBulk });
  return { path: path ?? "", ...(await world.ask("GET", path ?? "")) };
}

async function read(shortCode: string) {
  return (await world.ask("GET", at(shortCode))).body;
}

test("all links of a list are changed, and that is taken back", async () => {
  const { path, body } = await changed({ action: "disable" });
  expect(body).toMatchObject({ state: "done", links: 2, changed: 2, can_be_undone: true });
  expect([(await read("a")).disabled, (await read("c")).disabled]).toEqual([true, false]);
  const undone = await world.ask("POST", `${path}/undo`);
  expect(undone.status).toBe(202);
  expect((await ended(undone.headers.get("location"))).body).toMatchObject({
    ...{ state: "done", changed: 2, can_be_undone: false },
  });
  expect((await read("a")).disabled).toBe(false);
});

test("a deletion is taken back out of the trash", async () => {
  const { path, body } = await changed({ action: "delete" });
  expect(body).toMatchObject({ changed: 2, can_be_undone: true });
  expect((await world.ask("GET", at("a"))).status).toBe(404);
  await ended((await world.ask("POST", `${path}/undo`)).headers.get("location"));
  expect((await world.ask("GET", at("a"))).status).toBe(200);
});

test("expiry, tags and owner are changed", async () => {
  const { admin, bob } = world.people;
  await changed({ action: "expire", expires_at: "2099-01-02T03:04:05Z" });
  await changed({ action: "add_tags", tags: ["more", "most"] });
  expect(await read("a")).toMatchObject({
    expires_at: "2099-01-02T03:04:05.000Z",
    tags: ["more", "most", tag],
  });
  await changed({ action: "remove_tags", tags: ["most"] });
  const owner = { filter: { tag: [tag], owner: "alice" } };
  const { headers } = await change(
    { action: "transfer", to: bob.username, ...owner },
    { by: admin },
  );
  await runRestores(world.app, { changeLinks: runBulk });
  const { body } = await world.ask("GET", headers.get("location") ?? "", { by: admin });
  expect(body).toMatchObject({ state: "done", changed: 2 });
  const found = await world.ask("GET", at("a"), { by: bob });
  expect(found.body).toMatchObject({ owner: "bob", tags: ["more", tag] });
});

test("a change is seen and cancelled by its owner alone", async () => {
  const { headers } = await change({ action: "enable" });
  const path = headers.get("location") ?? "";
  const bob = { by: world.people.bob };
  for (const [method, where] of [
    ["GET", path],
    ["DELETE", path],
    ["POST", `${path}/undo`],
  ] as const)
    expect((await world.ask(method, where, bob)).status).toBe(404);
  expect((await world.ask("POST", `${path}/undo`)).status).toBe(409);
  expect((await world.ask("DELETE", path)).status).toBe(200);
  expect((await ended(path)).body.state).toBe("cancelled");
});

test.each([
  [{ action: "burn" }, "#/action"],
  [{ action: "expire" }, "#/expires_at"],
  [{ action: "expire", expires_at: "yesterday" }, "#/expires_at"],
  [{ action: "add_tags", tags: [] }, "#/tags"],
  [{ action: "enable", tags: ["x"] }, "#/tags"],
  [{ action: "enable", filter: { kind: "song" } }, "#/filter/kind"],
  // Another's list is not to become one's own.
  [{ action: "delete", filter: { owner: "bob" } }, "#/filter/owner"],
  [{ action: "delete", filter: { owner: "nobody" } }, "#/filter/owner"],
])("%j is refused at its field", async (json, pointer) => {
  const { status, body } = await change(json);
  expect([status, body.errors[0]?.pointer]).toEqual([422, pointer]);
});

test("a change without a filter is refused, not one of all links", async () => {
  const json = { action: "delete" };
  expect((await world.ask("POST", href("apiChanges"), { json })).status).toBe(422);
});

test("links are transferred by administrators alone", async () => {
  expect((await change({ action: "transfer", to: "bob" })).status).toBe(403);
});

test("a key that reads changes nothing, and one for files changes no list of all kinds", async () => {
  const keyOf = async (input: Parameters<typeof world.app.accounts.keys.create>[2]) => {
    const { secret } = await world.app.accounts.keys.create(operator, world.people.alice, input);
    return { by: null, headers: { "x-api-key": secret } };
  };
  const reader = await keyOf({ name: "r", scopes: ["links:read"] });
  expect((await change({ action: "enable" }, reader)).body.code).toBe("insufficient_scope");
  const ofFiles = await keyOf({ name: "f", scopes: ["links:write"], kinds: ["file"] });
  expect((await change({ action: "enable" }, ofFiles)).status).toBe(403);
});
