/** API keys by the API. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { href, withQuery } from "../../src/http/urls.ts";
import { operator } from "../../src/policy.ts";
import { type ApiWorld, openApiWorld } from "./api-world.ts";

const keys = href("apiKeys");
let world: ApiWorld;
beforeAll(async () => {
  world = await openApiWorld();
});
afterAll(() => world.close());

const at = (id: unknown) => href("apiKey", { id: String(id) });
const create = async (json: object = { name: "a test", scopes: ["links:read"] }) =>
  await world.ask("POST", keys, { json });

test("a key is created, used, read and revoked", async () => {
  const created = await create({
    name: "uploads",
    scopes: ["links:read", "files:create"],
    kinds: ["file"],
    expires_at: "2027-01-01T00:00:00+01:00",
  });
  expect([created.status, created.body.key]).toMatchObject([
    201,
    { name: "uploads", owner: "alice", status: "active", expires_at: "2026-12-31T23:00:00.000Z" },
  ]);
  const { id } = created.body.key as { id: number };
  const asked = { by: null, headers: { authorization: `Bearer ${created.body.secret}` } };
  expect((await world.ask("GET", href("apiMe"), asked)).status).toBe(200);
  expect(created.headers.get("location")).toBe(at(id));
  expect((await world.ask("GET", at(id))).body).toMatchObject({ id, kinds: ["file"] });
  expect((await world.ask("DELETE", at(id))).status).toBe(204);
  expect((await world.ask("GET", href("apiMe"), asked)).status).toBe(401);
  expect((await world.ask("GET", at(id))).body).toMatchObject({ status: "revoked" });
});

test("a list has one's own keys, and of an administrator all", async () => {
  const { body } = await create();
  const { id } = body.key as { id: number };
  const ids = async (query: Record<string, string>, by = world.people.alice) =>
    (await world.ask("GET", withQuery(keys, query), { by })).body.items?.map((key) => key.id);
  expect(await ids({})).toContain(id);
  expect(await ids({}, world.people.bob)).toEqual([]);
  expect(await ids({}, world.people.admin)).toEqual([]);
  expect(await ids({ all: "true" }, world.people.admin)).toContain(id);
  expect((await world.ask("GET", withQuery(keys, { all: "true" }))).status).toBe(403);
  expect((await world.ask("GET", withQuery(keys, { after: "1" }))).status).toBe(400);
});

test("another user's key is not found", async () => {
  const { body } = await create();
  const { id } = body.key as { id: number };
  for (const method of ["GET", "DELETE"])
    for (const path of [at(id), at(999_999), at("x"), at("0")])
      expect((await world.ask(method, path, { by: world.people.bob })).status).toBe(404);
});

test("a key lists and revokes keys", async () => {
  const input = { name: "manager", scopes: ["keys:write"] as const };
  const { secret } = await world.app.accounts.keys.create(operator, world.people.bob, input);
  const asked = { by: null, headers: { "x-api-key": secret } };
  const { body } = await world.ask("GET", keys, asked);
  expect((await world.ask("DELETE", at(body.items[0]?.id), asked)).status).toBe(204);
  expect((await world.ask("GET", keys, asked)).status).toBe(401);
});

test.each([
  [{ name: "", scopes: ["links:read"] }, "#/name"],
  [{ name: "n", scopes: [] }, "#/scopes"],
  [{ name: "n", scopes: ["links:burn"] }, "#/scopes/0"],
  [{ name: "n", scopes: ["users:admin"] }, "#/scopes"],
  [{ name: "n", scopes: ["links:read"], kinds: [] }, "#/kinds"],
  [{ name: "n", scopes: ["stats:read"], kinds: ["file"] }, "#/kinds"],
  [{ name: "n", scopes: ["links:read"], expires_at: "tomorrow" }, "#/expires_at"],
  [{ name: "n", scopes: ["links:read"], expires_at: "2020-01-01T00:00:00Z" }, "#/expires_at"],
  [{ name: "n", scopes: ["links:read"], owner: "bob" }, "#/owner"],
])("a key is not created by %p", async (json, pointer) => {
  const { status, body } = await create(json);
  expect([status, body.errors[0]?.pointer]).toEqual([422, pointer]);
});
