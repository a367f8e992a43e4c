import { afterAll, describe, expect, test } from "bun:test";
import { operator } from "../../../src/policy.ts";
import { checksOfApp } from "../../../src/server/doctor/site-checks.ts";
import { databases, openTestApp, type World } from "../../world.ts";

const YEAR_MS = 366 * 86_400_000;

describe.each([...databases])("with %s", (database) => {
  const worlds: World[] = [];
  afterAll(() => Promise.all(worlds.map((world) => world.close())));

  test("doctor counts keys that expired, have a disabled owner, or were not used for a year", async () => {
    const world = await openTestApp({ database });
    worlds.push(world);
    const { app, people, clock } = world;
    const check = checksOfApp(app, { isDeep: false, isFixing: false }).find(
      ({ name }) => name === "keys",
    );
    const { keys } = app.accounts;
    const make = (owner: keyof typeof people, expiresAt: number | null = null) =>
      keys.create(operator, people[owner], { name: "k", scopes: ["links:read"], expiresAt });
    await make("alice");
    expect(await check?.seen?.()).toBe("");
    await make("alice", clock.now() + 1000);
    await make("bob");
    const { key } = await make("bob");
    await keys.revoke(operator, key.id);
    await app.accounts.admin.change(operator, people.bob.id, { disabled: true });
    expect(await check?.seen?.()).toBe("1 API key has a disabled owner");
    clock.advance(YEAR_MS);
    expect(await check?.seen?.()).toBe(
      "1 API key has expired; 1 API key has a disabled owner; 3 API keys were not used for a year; revoke those that nothing needs",
    );
    expect(await Array.fromAsync(check?.find() ?? [])).toEqual([]);
  });
});
