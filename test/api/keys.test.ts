/** The API with keys: scopes, and keys that are refused. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { NewKeyInput } from "../../src/accounts/keys/key-schema.ts";
import { makeKey } from "../../src/accounts/keys/key-secret.ts";
import type { User } from "../../src/accounts/user.ts";
import { listOperations } from "../../src/api/operations.ts";
import { systemRandom } from "../../src/clock.ts";
import { fillPattern } from "../../src/http/fill-pattern.ts";
import { href, urls } from "../../src/http/urls.ts";
import { operator, type Scope, scopeNames } from "../../src/policy.ts";
import { type ApiWorld, openApiWorld } from "./api-world.ts";

let world: ApiWorld;
beforeAll(async () => {
  world = await openApiWorld();
  const json = { short_code: "stored", target: "https://a.example/" };
  await world.ask("POST", href("apiLinks"), { json });
});
afterAll(() => world.close());

async function makeFor(user: User, scopes: readonly Scope[], more: Partial<NewKeyInput> = {}) {
  const input = { name: "a test", scopes, ...more };
  return (await world.app.accounts.keys.create(operator, user, input)).secret;
}

const bearer = (key: string) => ({ by: null, headers: { authorization: `Bearer ${key}` } });

test("a key creates, reads, changes and deletes from any site", async () => {
  const key = await makeFor(world.people.alice, ["links:create", "links:write"]);
  const asked = bearer(key);
  const headers = { ...asked.headers, "sec-fetch-site": "cross-site" };
  const path = href("apiLink", { shortCode: "by-key" });
  const json = { target: "https://a.example/", short_code: "by-key" };
  expect((await world.ask("POST", href("apiLinks"), { by: null, headers, json })).status).toBe(201);
  expect((await world.ask("GET", path, asked)).status).toBe(200);
  expect((await world.ask("PATCH", path, { ...asked, json: { note: "n" } })).status).toBe(200);
  expect((await world.ask("DELETE", path, asked)).status).toBe(204);
});

describe("a key that is refused gets 401 with WWW-Authenticate", () => {
  const refused = async (key: string) => {
    const { status, headers, body } = await world.ask("GET", href("apiLinks"), bearer(key));
    expect([status, body.code]).toEqual([401, "unauthenticated"]);
    expect(headers.get("www-authenticate")).toBe('Bearer error="invalid_token"');
  };

  test("of no account", () => refused(makeKey(systemRandom)));
  test("of 39 characters", () => refused(makeKey(systemRandom).slice(1)));
  test("with a wrong checksum", () => refused(`t8${"a".repeat(38)}`));
  test("of another program", () => refused("ghp_abcdefghijklmnopqrstuvwxyz"));

  test("expired", async () => {
    const expiresAt = world.clock.now() + 1000;
    const key = await makeFor(world.people.bob, ["links:read"], { expiresAt });
    world.clock.advance(1001);
    await refused(key);
  });

  test("revoked", async () => {
    const input = { name: "a test", scopes: ["links:read"] as const };
    const { keys } = world.app.accounts;
    const { key, secret } = await keys.create(operator, world.people.bob, input);
    await keys.revoke(operator, key.id);
    await refused(secret);
  });
});

describe("a key without the scopes of an operation", () => {
  const operations = listOperations().flatMap(({ url, method, operation }) =>
    operation.scopes === null || operation.scopes === "any"
      ? []
      : [[operation.name, { url, method, scopes: operation.scopes }] as const],
  );

  test.each(operations)("gets 403 by %s, which names one", async (_, { url, method, scopes }) => {
    const others = scopeNames.filter((scope) => !scopes.includes(scope));
    const key = await makeFor(world.people.admin, others);
    const path = fillPattern(urls[url].pattern, {
      shortCode: "stored",
      username: "bob",
      id: "1",
      alias: "other",
      trashedCode: "stored",
      tag: "x",
      node: "n",
      job: "j",
      version: "1",
      upload: "u".repeat(24),
      session: "s",
      name: "n",
    });
    const { status, headers, body } = await world.ask(method, path, bearer(key));
    if (scopes.length === 0) return expect([status, body.code]).toEqual([403, "person_required"]);
    expect([status, body.code, body.scope]).toEqual([403, "insufficient_scope", scopes[0]]);
    expect(headers.get("www-authenticate")).toContain('error="insufficient_scope"');
  });
});

test("a key of another user does not find the link", async () => {
  const key = await makeFor(world.people.bob, ["links:read", "links:write"]);
  const path = href("apiLink", { shortCode: "stored" });
  for (const method of ["GET", "DELETE"])
    expect((await world.ask(method, path, bearer(key))).status).toBe(404);
});

test("a key for some kinds lists only these, and creates no other", async () => {
  const key = await makeFor(world.people.alice, ["links:read", "links:create"], {
    kinds: ["redirect"],
  });
  const list = await world.ask("GET", `${href("apiLinks")}?kind=redirect`, bearer(key));
  expect([list.status, list.body.items.length]).toEqual([200, 1]);
  expect((await world.ask("GET", href("apiLinks"), bearer(key))).status).toBe(403);
});
