/** What an account chooses for itself, and its sessions, by the API. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { href } from "../../../src/http/urls.ts";
import { operator, type Scope } from "../../../src/policy.ts";
import { type ApiWorld, openApiWorld } from "../api-world.ts";

let world: ApiWorld;
let made = 0;
beforeAll(async () => {
  world = await openApiWorld();
});
afterAll(() => world.close());

async function keyOf(scope: Scope) {
  const { keys } = world.app.accounts;
  const { secret } = await keys.create(operator, world.people.alice, {
    name: "k",
    scopes: [scope],
  });
  return { by: null, headers: { "x-api-key": secret } };
}

const me = href("apiMe");

test("own activity is read a page at a time, without that of others", async () => {
  for (const by of [world.people.alice, world.people.bob, world.people.alice]) {
    const json = { short_code: `of-${by.username}-${++made}`, target: "https://a.example/" };
    await world.ask("POST", href("apiLinks"), { by, json });
  }
  const read = (query: string) => world.ask("GET", `${href("apiOwnAudit")}?limit=1${query}`);
  const { body: first } = await read("");
  expect(first.items).toMatchObject([{ action: "link.created", resource: "of-alice-3" }]);
  const { body: second } = await read(`&after=${first.next}`);
  expect(second.items).toMatchObject([{ action: "link.created", resource: "of-alice-1" }]);
  const foreign = `${href("apiAudit")}?limit=1&after=${first.next}`;
  expect((await world.ask("GET", foreign, { by: world.people.admin })).status).toBe(400);
  expect((await world.ask("GET", href("apiOwnAudit"), await keyOf("links:read"))).status).toBe(403);
});

test("a key of its own scope changes themes and time zone; what is not named stays", async () => {
  const asked = await keyOf("account:write");
  const theme = { theme: "darkly", markdown_theme: "lux" };
  expect((await world.ask("PATCH", me, { ...asked, json: theme })).body).toMatchObject(theme);
  const zone = { time_zone: "Europe/Berlin" };
  const { status, body } = await world.ask("PATCH", me, { ...asked, json: zone });
  expect(status).toBe(200);
  expect(body).toMatchObject({ ...theme, ...zone });
  expect((await world.ask("GET", me)).body).toMatchObject({ ...theme, ...zone });
  const cleared = await world.ask("PATCH", me, { ...asked, json: { theme: null } });
  expect(cleared.body).toMatchObject({ theme: null, markdown_theme: "lux" });
});

test("another key changes nothing, and sees no sessions", async () => {
  const asked = await keyOf("links:write");
  for (const [method, path] of [
    ["PATCH", me],
    ["GET", href("apiOwnSessions")],
    ["DELETE", href("apiOwnSessions")],
    ["DELETE", href("apiOwnSession", { session: "s" })],
  ] as const) {
    const json = method === "PATCH" ? { json: { theme: "darkly" } } : {};
    const { status, body } = await world.ask(method, path, { ...asked, ...json });
    expect([status, body.code, body.scope]).toEqual([403, "insufficient_scope", "account:write"]);
  }
});

test.each([
  [{ theme: "no-such-theme" }, "#/theme"],
  [{ time_zone: "Atlantis" }, "#/time_zone"],
  [{ time_zone: 1 }, "#/time_zone"],
  [{ language: "de" }, "#/language"],
])("%j is refused at its field", async (json, pointer) => {
  const { status, body } = await world.ask("PATCH", me, { json });
  expect([status, body.errors[0]?.pointer]).toEqual([422, pointer]);
});

test("the themes of the account whose choice is the site's are not changed here", async () => {
  const by = world.people.admin;
  expect((await world.ask("PATCH", me, { by, json: { theme: "darkly" } })).status).toBe(403);
  expect((await world.ask("PATCH", me, { by, json: { time_zone: "UTC" } })).status).toBe(200);
});

test("sessions are listed and ended one by one, and then all others", async () => {
  const { sessions } = world.app.accounts;
  const { alice, bob } = world.people;
  const begin = (user = alice) => sessions.start(user, { remember: false, device: "a phone" });
  const [first, foreign] = [await begin(), await begin(bob)];
  await begin();
  const list = () => world.ask("GET", href("apiOwnSessions"));
  const { body } = await list();
  expect(body.items.filter(({ is_current }) => is_current)).toHaveLength(1);
  const end = (session: string, asked = {}) =>
    world.ask("DELETE", href("apiOwnSession", { session }), asked);
  expect((await end(foreign.session.id)).status).toBe(404);
  expect((await end(first.session.id, await keyOf("account:write"))).status).toBe(204);
  expect(await sessions.find(first.token)).toBeNull();
  expect((await end(first.session.id)).status).toBe(404);
  expect((await world.ask("DELETE", href("apiOwnSessions"))).status).toBe(204);
  expect((await list()).body.items).toHaveLength(1);
  expect(await sessions.find(foreign.token)).not.toBeNull();
});

test("a key has no session: with it all end, and it goes on", async () => {
  const asked = await keyOf("account:write");
  const { token } = await world.app.accounts.sessions.start(world.people.alice, {
    remember: true,
    device: "a laptop",
  });
  expect((await world.ask("DELETE", href("apiOwnSessions"), asked)).status).toBe(204);
  expect(await world.app.accounts.sessions.find(token)).toBeNull();
  expect((await world.ask("GET", href("apiOwnSessions"), asked)).body.items).toEqual([]);
});
