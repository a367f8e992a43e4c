/** What answers say of the rate limit of their caller. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { href } from "../../../src/http/urls.ts";
import { operator } from "../../../src/policy.ts";
import { type ApiWorld, openApiWorld } from "../api-world.ts";

let world: ApiWorld;
beforeAll(async () => {
  world = await openApiWorld({
    settings: { "limits.key_per_minute": 20, "limits.account_per_minute": 600 },
  });
});
afterAll(() => world.close());

const links = href("apiLinks");

async function askByKey() {
  const input = { name: "limited", scopes: ["links:read"] } as const;
  const { alice } = world.people;
  const { secret } = await world.app.accounts.keys.create(operator, alice, input);
  return async (path = links) => {
    const headers = { authorization: `Bearer ${secret}` };
    const got = await world.ask("GET", path, { by: null, headers });
    return [got.status, got.headers.get("ratelimit-policy"), got.headers.get("ratelimit")];
  };
}

test("a key sees its limit used up, and coming back", async () => {
  const ask = await askByKey();
  const policy = '"key";q=20;w=60';
  expect(await ask()).toEqual([200, policy, '"key";r=3;t=3']);
  expect(await ask(`${links}/none`)).toEqual([404, policy, '"key";r=2;t=6']);
  expect(await ask(`${links}?x=1`)).toEqual([422, policy, '"key";r=1;t=9']);
  expect(await ask()).toEqual([200, policy, '"key";r=0;t=12']);
  expect(await ask()).toEqual([429, policy, '"key";r=0;t=3']);
  world.clock.advance(6000);
  expect(await ask()).toEqual([200, policy, '"key";r=1;t=9']);
});

test("keys have limits of their own", async () => {
  const [ask, other] = [await askByKey(), await askByKey()];
  await ask();
  expect((await other())[2]).toBe('"key";r=3;t=3');
});

test("a person who has signed in sees the limit of the account", async () => {
  const { headers } = await world.ask("GET", links, { by: world.people.bob });
  expect(headers.get("ratelimit-policy")).toBe('"account";q=600;w=60');
  expect(headers.get("ratelimit")).toMatch(/^"account";r=1\d\d;t=\d$/);
});

test("a visitor and an unlimited account see none", async () => {
  const { headers } = await world.ask("GET", href("api"), { by: null });
  expect([...headers.keys()].filter((name) => name.startsWith("ratelimit"))).toEqual([]);
});
