import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { operator } from "../../../src/policy.ts";
import { text } from "../../../src/web/keys/text.en.ts";
import { ORIGIN, openTestApp, PASSWORD, START, type World } from "../../world.ts";
import { cookiesFrom, readPage } from "../read-page.ts";

let world: World;
let alice: string;
let admin: string;
beforeAll(async () => {
  world = await openTestApp();
  alice = await world.signIn(world.people.alice);
  admin = await world.signIn(world.people.admin);
});
afterAll(() => world.close());

const browser = { accept: "text/html" };
const get = (path: string, cookie: string) =>
  world.request(path, { headers: { ...browser, cookie } });

function post(path: string, fields: [string, string][], cookie: string): Promise<Response> {
  const body = new URLSearchParams(fields);
  return world.request(path, { method: "POST", body, headers: { ...browser, cookie } });
}

const fields: [string, string][] = [
  ["name", "Photos <b>"],
  ["scope", "links:create"],
  ["scope", "files:create"],
  ["expires_in", "30d"],
];

async function keysOf(username: "alice" | "bob") {
  return await world.app.accounts.keys.list(operator, world.people[username].id);
}

async function makeKey(username: "alice" | "bob", name: string) {
  const input = { name, scopes: ["links:read"] as const };
  return (await world.app.accounts.keys.create(operator, world.people[username], input)).key;
}

test("the profile leads to the keys, which have a form with presets", async () => {
  const profile = await readPage(await get("/profile", alice));
  expect(profile.links).toContain("/-/keys");
  const page = await readPage(await get("/-/keys?preset=files", alice));
  expect(page.text).toContain(text.none);
  const ticked = page.html.match(/value="[a-z:]+" checked/g);
  expect(ticked).toHaveLength(4);
  expect(page.html).not.toContain('value="users:admin"');
  const administrators = await readPage(await get("/-/keys", admin));
  expect(administrators.html).toContain('value="users:admin"');
});

test("a new key is shown once, with lines that use it, and works", async () => {
  const response = await post("/-/keys", fields, alice);
  expect([response.status, response.headers.get("cache-control")]).toEqual([200, "no-store"]);
  const page = await readPage(response);
  const [secret = ""] = /t8[0-9A-Za-z]{38}/.exec(page.text) ?? [];
  expect(page.text).toContain("Photos <b>");
  expect(page.text).toContain('curl -H @- --json \'{"target": "https://example.com/"}\'');
  expect(page.text).toContain(`curl -H @- -F file=@photo.jpg ${ORIGIN}/api/v1/files`);
  expect(page.text).toContain(`trunk8 login ${ORIGIN}`);
  const created = await world.request("/api/v1/links", {
    method: "POST",
    headers: { authorization: `Bearer ${secret}`, "content-type": "application/json" },
    body: '{"target": "https://example.com/"}',
  });
  expect(created.status).toBe(201);
  const [key] = await keysOf("alice");
  expect(key).toMatchObject({ name: "Photos <b>", expiresAt: START + 30 * 86_400_000 });
  const list = await readPage(await get("/-/keys", alice));
  expect(list.html).not.toContain(secret.slice(0, 12));
  expect(list.text).toContain(secret.slice(0, 8));
  expect(list.text).toContain("Photos <b>");
});

test.each([
  ["name", [["scope", "links:read"]], "a name"],
  ["scopes", [["name", "Kept"]], "at least one scope"],
  [
    "scopes",
    [
      ["name", "Kept"],
      ["scope", "users:admin"],
    ],
    "users:admin",
  ],
  [
    "kinds",
    [
      ["name", "Kept"],
      ["scope", "backup:read"],
      ["kind", "file"],
    ],
    "types of links",
  ],
] as [string, [string, string][], string][])(
  "a form that is refused by its %s keeps what was typed",
  async (_, given, reason) => {
    const before = (await keysOf("alice")).length;
    const response = await post("/-/keys", [...given, ["expires_in", "never"]], alice);
    const page = await readPage(response);
    expect([response.status, page.text.toLowerCase().includes(reason)]).toEqual([422, true]);
    if (given.some(([name]) => name === "name")) expect(page.html).toContain('value="Kept"');
    expect((await keysOf("alice")).length).toBe(before);
  },
);

test("creating one needs a recent sign-in, and keeps the form meanwhile", async () => {
  const cookie = await world.signIn(world.people.bob);
  world.clock.advance(16 * 60_000);
  const asked = await readPage(await post("/-/keys", fields, cookie));
  expect(asked.html).toContain('name="scope" value="files:create"');
  expect(asked.html).not.toMatch(/t8[0-9A-Za-z]{38}/);
  const program = await world.request("/-/keys", {
    method: "POST",
    body: new URLSearchParams(fields),
    headers: { cookie, accept: "application/json" },
  });
  expect((await program.json()) as unknown).toMatchObject({ code: "recent_sign_in_required" });
  expect(await keysOf("bob")).toEqual([]);
  const confirmed = await post("/-/keys", [...fields, ["your_password", PASSWORD]], cookie);
  expect((await readPage(confirmed)).html).toMatch(/t8[0-9A-Za-z]{38}/);
  expect((await keysOf("bob"))[0]?.scopes).toEqual(["links:create", "files:create"]);
});

describe("revoking", () => {
  test("asks first, and comes back to the list with a notice", async () => {
    const { id } = await makeKey("alice", "Old laptop");
    const question = await readPage(await get(`/-/keys/${id}/revoke`, alice));
    expect(question.text).toContain("Revoke the API key Old laptop?");
    const response = await post(`/-/keys/${id}/revoke`, [], alice);
    expect([response.status, response.headers.get("location")]).toEqual([303, "/-/keys"]);
    const cookie = `${alice}; ${cookiesFrom(response)}`;
    const list = await readPage(await get("/-/keys", cookie));
    expect(list.text).toContain("API key revoked.");
    expect(list.links).not.toContain(`/-/keys/${id}/revoke`);
  });

  test("is for administrators, too, on the list of all and that of a user", async () => {
    const { id } = await makeKey("bob", "Scanner");
    for (const path of ["/-/keys/all", "/-/keys/all?owner=bob"]) {
      const page = await readPage(await get(path, admin));
      expect(page.links).toContain(`/-/keys/${id}/revoke`);
    }
    const user = await readPage(await get("/users/bob", admin));
    expect(user.links).toContain("/-/keys/all?owner=bob");
    const response = await post(`/-/keys/${id}/revoke`, [], admin);
    expect(response.headers.get("location")).toBe("/-/keys/all?owner=bob");
    expect((await keysOf("bob")).find((key) => key.id === id)?.revokedAt).not.toBeNull();
  });

  test.each(["0", "4711", "x", "-1", "9".repeat(30)])("answers 404 for the key %s", async (id) => {
    for (const response of [
      await get(`/-/keys/${id}/revoke`, alice),
      await post(`/-/keys/${id}/revoke`, [], alice),
    ])
      expect(response.status).toBe(404);
  });

  test("shows the keys of all in pages", async () => {
    const { id } = await makeKey("bob", "Newest");
    const page = await readPage(await get(`/-/keys/all?after=${id}`, admin));
    expect(page.text).not.toContain("Newest");
    expect((await get("/-/keys/all?owner=nobody", admin)).status).toBe(404);
  });
});
